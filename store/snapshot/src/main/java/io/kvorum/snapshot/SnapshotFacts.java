package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.RevisionKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The single facts in the buckets {@code meta} and {@code cluster}. A value.
 *
 * @param appliedIndex index of the last entry of the log that is in the content
 * @param appliedTerm its term; 0 when not known (etcd before 3.5 does not write it)
 * @param scheduledCompaction what a compaction under way goes up to; 0 for none ever
 * @param finishedCompaction what the last complete compaction went up to; 0 for none ever
 * @param clusterVersion such as {@code 3.5.0}
 * @param storageVersion such as {@code 3.6.0}; written by etcd from 3.6 on
 * @param confState the voters of the log as JSON; written by etcd from 3.5 on
 */
public record SnapshotFacts(
        long appliedIndex,
        long appliedTerm,
        Revision scheduledCompaction,
        Revision finishedCompaction,
        Optional<String> clusterVersion,
        Optional<String> storageVersion,
        Optional<Bytes> confState) {
    private static final Bytes INDEX = Bytes.utf8("consistent_index");
    private static final Bytes TERM = Bytes.utf8("term");
    private static final Bytes SCHEDULED = Bytes.utf8("scheduledCompactRev");
    private static final Bytes FINISHED = Bytes.utf8("finishedCompactRev");
    private static final Bytes STORAGE_VERSION = Bytes.utf8("storageVersion");
    private static final Bytes CONF_STATE = Bytes.utf8("confState");
    private static final Bytes CLUSTER_VERSION = Bytes.utf8("clusterVersion");

    /** The facts as entries of {@code meta}, for a content that is to be written. */
    public SortedMap<Bytes, Bytes> ofMeta() {
        SortedMap<Bytes, Bytes> entries = new TreeMap<>();
        entries.put(INDEX, number(appliedIndex));
        if (appliedTerm != 0) {
            entries.put(TERM, number(appliedTerm));
        }
        putRevision(entries, SCHEDULED, scheduledCompaction);
        putRevision(entries, FINISHED, finishedCompaction);
        storageVersion.ifPresent(text -> entries.put(STORAGE_VERSION, Bytes.utf8(text)));
        confState.ifPresent(json -> entries.put(CONF_STATE, json));
        return entries;
    }

    /** The facts as entries of {@code cluster}. */
    public SortedMap<Bytes, Bytes> ofCluster() {
        SortedMap<Bytes, Bytes> entries = new TreeMap<>();
        clusterVersion.ifPresent(text -> entries.put(CLUSTER_VERSION, Bytes.utf8(text)));
        return entries;
    }

    private static void putRevision(SortedMap<Bytes, Bytes> entries, Bytes name, Revision revision) {
        if (revision.value() != 0) {
            entries.put(name, RevisionBytes.of(revision));
        }
    }

    private static Bytes number(long value) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** @throws IllegalArgumentException when a fact has a senseless form */
    static SnapshotFacts of(SortedMap<Bytes, Bytes> meta, SortedMap<Bytes, Bytes> cluster) {
        return new SnapshotFacts(
                number(meta, INDEX),
                number(meta, TERM),
                revision(meta, SCHEDULED),
                revision(meta, FINISHED),
                Optional.ofNullable(cluster.get(CLUSTER_VERSION)).map(Bytes::utf8),
                Optional.ofNullable(meta.get(STORAGE_VERSION)).map(Bytes::utf8),
                Optional.ofNullable(meta.get(CONF_STATE)));
    }

    private static long number(SortedMap<Bytes, Bytes> entries, Bytes name) {
        Bytes value = entries.get(name);
        if (value == null) {
            return 0;
        }
        if (value.length() != Long.BYTES) {
            throw new IllegalArgumentException("%s has %d bytes instead of 8".formatted(name, value.length()));
        }
        return value.asReadOnlyBuffer().getLong();
    }

    private static Revision revision(SortedMap<Bytes, Bytes> entries, Bytes name) {
        Bytes value = entries.get(name);
        if (value == null) {
            return new Revision(0);
        }
        return RevisionBytes.parse(value)
                .map(RevisionKey::main)
                .map(Revision::new)
                .orElseThrow(() -> new IllegalArgumentException("%s is no revision".formatted(name)));
    }
}
