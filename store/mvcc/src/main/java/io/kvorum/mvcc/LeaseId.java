package io.kvorum.mvcc;

/** Names a lease; zero means "no lease". */
public record LeaseId(long value) {
    public static final LeaseId NONE = new LeaseId(0);
}
