package io.kvorum.raft;

/** Names a member of the replicated log for its whole life; printed as 16 hex digits, as etcd does. */
public record MemberId(long value) {
    @Override
    public String toString() {
        return Long.toHexString(value);
    }
}
