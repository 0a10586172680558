package io.kvorum.mvcc;

/** The tables of the store's file, named as the buckets of etcd's file. */
public enum Table {
    /** One record per change, by {@link RevisionKey}. */
    RECORDS("key"),
    /** One record per lease, by its id. */
    LEASES("lease"),
    /** Single facts such as the compacted revision. */
    META("meta");

    private final String text;

    Table(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
