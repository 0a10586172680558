package io.kvorum.snapshot;

import io.kvorum.model.Bytes;

/**
 * What a snapshot holds, as it stood at one moment: etcd's keys and values, byte for byte. The store offers this to be
 * written, a {@link SnapshotFile} offers it to be restored. Used by one thread at a time.
 */
public interface SnapshotContent {
    /** Shows all entries of the bucket in ascending order of their keys; none when there is no such bucket. */
    void scan(EtcdBucket bucket, Visitor visitor);

    /** Sees entries. */
    @FunctionalInterface
    interface Visitor {
        void visit(Bytes key, Bytes value);
    }
}
