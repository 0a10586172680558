package io.kvorum.raft;

/** This member was removed from its cluster: what its log and its state hold is history, and nobody sends it more. */
public final class MemberRemoved extends RuntimeException {
    public MemberRemoved(MemberId member) {
        super(("member %s was removed from its cluster and serves no more; to take this server in again, delete its"
                        + " data folder and let it join as a new member")
                .formatted(member));
    }
}
