package io.kvorum.mvcc;

/** The tables of the store's file, named as the buckets of etcd's file. */
public enum Table {
    /** One record per change, by {@link RevisionKey}. */
    RECORDS("key"),
    /** One record per lease, by its id. */
    LEASES("lease"),
    /** Single facts such as the compacted revision. */
    META("meta"),
    /** The alarms that are on, by their bytes. */
    ALARMS("alarm"),
    /** What the members are called, by their id. */
    MEMBERS("members"),
    /** Whether authentication is on, and how often it was changed. */
    AUTH("auth"),
    USERS("authUsers"),
    ROLES("authRoles");

    private final String text;

    Table(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
