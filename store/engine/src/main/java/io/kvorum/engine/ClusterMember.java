package io.kvorum.engine;

import io.kvorum.raft.MemberId;
import java.util.List;

/**
 * A member as the cluster knows it.
 *
 * @param name empty for a member that has not started yet
 * @param clientUrls empty for a member that has not started yet
 */
public record ClusterMember(
        MemberId id, String name, List<String> peerUrls, List<String> clientUrls, boolean isLearner) {
    public ClusterMember {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
    }
}
