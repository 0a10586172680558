package io.kvorum.node;

import io.kvorum.backend.BackendException;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.Fence;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.JRaftLogConfig.Limits;
import io.kvorum.jraft.LogUnusable;
import io.kvorum.jraft.PeerIdentity;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.jraft.log.LogCorrupt;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.Identity;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.Trust;
import io.kvorum.raft.Member;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens the embedded store of a server: its log, its state, its place among the members. */
final class StoreStart {
    private static final int PEER_PORT = 2380;
    private static final Duration FIRST_LEADER_LIMIT = Duration.ofMinutes(1);

    private StoreStart() {}

    /** Opens the store and waits until it can be written to. */
    static EmbeddedStore open(
            ServerConfig config,
            ServerCertificates certificates,
            ServerCertificates.Names names,
            StoreMember member,
            InstantSource clock) {
        Path folder = config.serverFolder().resolve("db/etcd/member");
        try {
            JRaftLog log = JRaftLog.open(logConfig(config, folder, peerSecurity(certificates, names), member));
            EmbeddedStore store = EmbeddedStore.open(
                    new EtcdArguments(config.etcdArguments()).engine(folder.resolve("state")), log, clock);
            awaitLeader(store);
            return store;
        } catch (LogUnusable | LogCorrupt | BackendException e) {
            throw new StartFailure("the store cannot be opened: " + e.getMessage(), e);
        }
    }

    private static PeerSecurity peerSecurity(ServerCertificates certificates, ServerCertificates.Names names) {
        Identity identity = certificates.etcdPeer(names);
        return new PeerSecurity.MutualTls(
                new ReloadableKeyManager(identity),
                Trust.in(certificates.etcdPeerCa().chain()),
                PeerIdentity.byUri());
    }

    private static JRaftLogConfig logConfig(
            ServerConfig config, Path folder, PeerSecurity security, StoreMember member) {
        var address = new InetSocketAddress(config.node().address(), PEER_PORT);
        var arguments = new EtcdArguments(config.etcdArguments());
        return new JRaftLogConfig(
                folder.resolve("wal"),
                member.id(),
                address,
                address,
                List.of(new Member(member.id(), address, false)),
                arguments.timings(),
                arguments.snapshotEntries(),
                security,
                Limits.DEFAULT);
    }

    private static void awaitLeader(EmbeddedStore store) {
        var leads = new CountDownLatch(1);
        store.onLeadership((@Nullable Fence fence) -> {
            if (fence != null) {
                leads.countDown();
            }
        });
        try {
            if (!leads.await(FIRST_LEADER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                store.close();
                throw new StartFailure("the store found no leader within " + FIRST_LEADER_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            store.close();
            throw new StartFailure("interrupted while the store looked for a leader", e);
        }
    }
}
