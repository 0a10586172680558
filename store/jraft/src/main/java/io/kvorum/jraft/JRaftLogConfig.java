package io.kvorum.jraft;

import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a member's log needs to know.
 *
 * @param folder the log's own; made if it is not there
 * @param bind where to listen for peers; never a wildcard
 * @param advertised what the other members dial
 * @param initialMembers the members of a cluster that starts for the first time; empty for a member that will be added
 *     to a running one. Ignored once there is a log
 * @param clusterId which cluster this is, until the log knows it; 0 lets it follow from the initial members, or be learnt
 *     from the first member that speaks to a joining one. Members of different clusters refuse each other
 * @param snapshotEntries a snapshot is due, and the log before the one before it is cut off, after this many entries
 */
public record JRaftLogConfig(
        Path folder,
        MemberId self,
        InetSocketAddress bind,
        InetSocketAddress advertised,
        List<Member> initialMembers,
        Timings timings,
        int snapshotEntries,
        PeerSecurity security,
        Limits limits,
        long clusterId) {
    /** As etcd's. */
    public static final int SNAPSHOT_ENTRIES = 10_000;

    public JRaftLogConfig(
            Path folder,
            MemberId self,
            InetSocketAddress bind,
            InetSocketAddress advertised,
            List<Member> initialMembers,
            Timings timings,
            int snapshotEntries,
            PeerSecurity security,
            Limits limits) {
        this(folder, self, bind, advertised, initialMembers, timings, snapshotEntries, security, limits, 0);
    }

    public JRaftLogConfig withClusterId(long id) {
        return new JRaftLogConfig(
                folder, self, bind, advertised, initialMembers, timings, snapshotEntries, security, limits, id);
    }

    public JRaftLogConfig {
        initialMembers = List.copyOf(initialMembers);
        if (snapshotEntries < 1) {
            throw new IllegalArgumentException(
                    "a snapshot every %d entries is not possible".formatted(snapshotEntries));
        }
        if (bind.getAddress() != null && bind.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException("peers are to be heard on one address only, not on " + bind);
        }
    }

    /**
     * For a member that joins a running cluster. Its log waits until the leader comes to it, which any member's
     * {@link io.kvorum.raft.ReplicatedLog#addLearner} with this id and the advertised address brings about; it then gets
     * the state or the entries, and may be promoted as soon as {@code awaitCaughtUp} returns. It never elects itself, so
     * starting it makes no second cluster. Started again it is the member its log says it is.
     */
    public static JRaftLogConfig joiner(
            Path folder,
            MemberId self,
            InetSocketAddress bind,
            InetSocketAddress advertised,
            Timings timings,
            PeerSecurity security) {
        return new JRaftLogConfig(
                folder, self, bind, advertised, List.of(), timings, SNAPSHOT_ENTRIES, security, Limits.DEFAULT);
    }

    /**
     * How long silence means what.
     *
     * @param heartbeat how often the leader tells it is there
     * @param election after that much silence, and up to as much again by chance, a follower asks for votes
     */
    public record Timings(Duration heartbeat, Duration election) {
        /**
         * etcd's heartbeat, and an election time-out of half of etcd's: measured, a killed leader is replaced in 0.6 to
         * 0.8 s instead of 1.7 to 2.0 s. Pre-votes keep a late heartbeat from costing more than a question.
         */
        public static final Timings DEFAULT = new Timings(Duration.ofMillis(100), Duration.ofMillis(500));

        public Timings {
            if (heartbeat.toMillis() < 10 || election.toMillis() < 2 * heartbeat.toMillis()) {
                throw new IllegalArgumentException(
                        "a heartbeat every %s and elections after %s do not fit: at least 10 ms, and at least two heartbeats"
                                .formatted(heartbeat, election));
            }
        }
    }

    /**
     * What may be under way.
     *
     * @param proposals entries handed in here, or passed on to here as the leader, and not yet applied; more are refused
     *     as busy
     * @param proposalBytes their bytes
     * @param entryBytes the largest entry
     * @param batchEntries entries handed to the state machine at once
     * @param batchBytes their bytes, but always at least one entry
     */
    public record Limits(int proposals, long proposalBytes, int entryBytes, int batchEntries, long batchBytes) {
        /** etcd refuses when 5000 entries are committed and not applied; the bytes are what a small heap can hold. */
        public static final Limits DEFAULT = new Limits(5000, 32L << 20, 16 << 20, 512, 8L << 20);
    }
}
