package io.kvorum.snapshot;

import io.kvorum.model.Revision;

/**
 * What {@code etcdctl snapshot status} tells of a file. A value.
 *
 * @param hash CRC-32C over the names of the buckets and their keys and values, in their order
 * @param revision of the last change
 * @param totalKeys entries of all buckets, not only those of changes
 * @param totalBytes of all pages, without the trailer
 */
public record SnapshotStatus(int hash, Revision revision, long totalKeys, long totalBytes) {
    /** As etcdctl writes it. */
    public String hashText() {
        return Integer.toHexString(hash);
    }
}
