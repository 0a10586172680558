package io.kvorum.node;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.Members;
import io.kvorum.engine.StoreException;
import io.kvorum.raft.MemberId;
import io.kvorum.supervisor.StoreMembers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the store's members to the supervisor and takes new ones in, one after the other. Any thread. */
final class EngineMembers implements StoreMembers {
    private static final Logger LOG = LoggerFactory.getLogger(EngineMembers.class);
    private static final Duration ENTRY_LIMIT = Duration.ofSeconds(60);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(1);
    /** A member that answers none of so many calls is gone. */
    private static final int CALLS = 3;

    private final Members members;
    private final long clusterId;
    /** Servers that join at the same time queue here; beyond the limit they are told to ask again. */
    private final Semaphore turn = new Semaphore(1, true);

    EngineMembers(Members members, long clusterId) {
        this.members = members;
        this.clusterId = clusterId;
    }

    @Override
    public String clusterId() {
        return "%016x".formatted(clusterId);
    }

    @Override
    public List<StoreMember> all() {
        return members.all().stream()
                .map(member -> new StoreMember(
                        member.id().toString(),
                        member.name(),
                        member.peerUrls(),
                        member.clientUrls(),
                        member.isLearner()))
                .toList();
    }

    @Override
    public List<StoreMember> join(String nodeName, StoreMember newcomer) {
        try {
            if (!turn.tryAcquire(ENTRY_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new JoinRefused("other servers are joining; ask again", false);
            }
            try {
                takeIn(nodeName, newcomer);
                return all();
            } finally {
                turn.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JoinRefused("this server stops; ask another one", false);
        } catch (StoreException e) {
            throw new JoinRefused("the members cannot change now: " + e.getMessage(), false);
        }
    }

    private void takeIn(String nodeName, StoreMember newcomer) {
        var id = new MemberId(Long.parseUnsignedLong(newcomer.id(), 16));
        if (find(id).isEmpty()) {
            clearPlace(nodeName, newcomer);
            members.add(id, newcomer.peerUrls(), false);
            LOG.atInfo()
                    .addKeyValue("node", nodeName)
                    .addKeyValue("member", id)
                    .addKeyValue("peer-urls", newcomer.peerUrls())
                    .log("a server joins");
        }
        if (find(id).map(ClusterMember::isLearner).orElse(false)) {
            members.awaitCaughtUp(id, ENTRY_LIMIT);
            members.promote(id);
        }
        if (!members.awaitVote(id, ENTRY_LIMIT)) {
            throw new JoinRefused(
                    "member %s at %s has not caught up within %d s; is its port 2380 open to the other servers?"
                            .formatted(id, newcomer.peerUrls(), ENTRY_LIMIT.toSeconds()),
                    false);
        }
    }

    private Optional<ClusterMember> find(MemberId id) {
        return members.all().stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** The member that the newcomer replaces goes first: one of the same node that has lost its data or its machine. */
    private void clearPlace(String nodeName, StoreMember newcomer) {
        for (ClusterMember member : members.all()) {
            boolean isSameAddress = member.peerUrls().stream().anyMatch(newcomer.peerUrls()::contains);
            boolean isSameNode = nodeOf(member.name()).equals(nodeName);
            if (isSameNode && !isSameAddress && answers(member)) {
                throw new JoinRefused(
                        "a server named %s runs already as member %s at %s: start this one with another --node-name, "
                                        .formatted(nodeName, member.id(), member.peerUrls())
                                + "or stop that one if this machine replaces it",
                        true);
            }
            if (isSameNode || isSameAddress) {
                members.remove(member.id());
                LOG.atWarn()
                        .addKeyValue("node", nodeName)
                        .addKeyValue("removed", member.id())
                        .addKeyValue("replaced-by", newcomer.id())
                        .log("a member is replaced by a server of the same name or address");
            }
        }
    }

    /** A member's name is its node's and 8 hex digits. */
    static String nodeOf(String memberName) {
        int dash = memberName.lastIndexOf('-');
        return dash < 0 ? memberName : memberName.substring(0, dash);
    }

    /** Whether a connection to it succeeds; that says nothing of how it is. */
    static boolean answers(ClusterMember member) {
        for (int call = 0; call < CALLS; call++) {
            for (String url : member.peerUrls()) {
                URI peer = URI.create(url);
                try (var socket = new Socket()) {
                    socket.connect(new InetSocketAddress(peer.getHost(), peer.getPort()), (int) CALL_LIMIT.toMillis());
                    return true;
                } catch (IOException e) {
                    LOG.atDebug().addKeyValue("peer", url).log("a member does not answer");
                }
            }
        }
        return false;
    }
}
