package io.kvorum.supervisor;

import java.util.List;

/** The members of the store as the supervisor shows and changes them; any thread, calls block. */
public interface StoreMembers {
    /**
     * A member or one to be.
     *
     * @param id 16 hex digits or fewer
     * @param name {@code <node>-<8 hex digits>}; empty for one that has not started yet
     */
    record StoreMember(String id, String name, List<String> peerUrls, List<String> clientUrls, boolean isLearner) {
        public StoreMember {
            peerUrls = List.copyOf(peerUrls);
            clientUrls = List.copyOf(clientUrls);
        }
    }

    /** 16 hex digits. */
    String clusterId();

    List<StoreMember> all();

    /**
     * Takes a running, empty member in and returns when it votes. Waits its turn while others join.
     *
     * @param nodeName of the server; a member that bears it and is gone is replaced
     * @throws JoinRefused when it may not, or not now
     */
    List<StoreMember> join(String nodeName, StoreMember newcomer);

    /** A server was not taken in. */
    final class JoinRefused extends RuntimeException {
        private final boolean isPermanent;

        /** @param isPermanent asking again changes nothing */
        public JoinRefused(String reason, boolean isPermanent) {
            super(reason);
            this.isPermanent = isPermanent;
        }

        public boolean isPermanent() {
            return isPermanent;
        }
    }
}
