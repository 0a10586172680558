package io.kvorum.snapshot;

import io.kvorum.model.Bytes;

/** The buckets of etcd's file, in the order they lie in it: that of their names. Each is in every file of ours. */
public enum EtcdBucket {
    /** The alarms that are on. */
    ALARM("alarm"),
    /** {@code authEnabled} and {@code authRevision}. */
    AUTH("auth"),
    AUTH_ROLES("authRoles"),
    AUTH_USERS("authUsers"),
    /** {@code clusterVersion}. */
    CLUSTER("cluster"),
    /** One record per change: {@link io.kvorum.mvcc.RevisionKey} to {@code mvccpb.KeyValue}. */
    KEY("key"),
    /** One record per lease: its id as 8 bytes to {@code leasepb.Lease}. */
    LEASE("lease"),
    /** The members, by their id in hexadecimal; a restore replaces them. */
    MEMBERS("members"),
    MEMBERS_REMOVED("members_removed"),
    /** Single facts: {@link SnapshotFacts}. */
    META("meta");

    private final String text;
    private final Bytes bytes;

    EtcdBucket(String text) {
        this.text = text;
        this.bytes = Bytes.utf8(text);
    }

    public String text() {
        return text;
    }

    Bytes bytes() {
        return bytes;
    }
}
