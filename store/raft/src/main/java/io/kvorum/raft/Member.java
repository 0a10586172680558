package io.kvorum.raft;

import java.net.InetSocketAddress;

/**
 * A member of the cluster as the log's configuration knows it.
 *
 * @param isLearner receives entries but has no vote
 */
public record Member(MemberId id, InetSocketAddress peerAddress, boolean isLearner) {}
