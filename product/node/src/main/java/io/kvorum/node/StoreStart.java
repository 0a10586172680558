package io.kvorum.node;

import io.kvorum.backend.BackendException;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.JRaftLogConfig.Limits;
import io.kvorum.jraft.LogUnusable;
import io.kvorum.jraft.PeerIdentity;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.jraft.log.LogCorrupt;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.Operation;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.Trust;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberRemoved;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the embedded store of a server: its log, its state, its place among the members. */
final class StoreStart {
    private static final Logger LOG = LoggerFactory.getLogger(StoreStart.class);
    private static final int PEER_PORT = 2380;
    private static final Duration LEADER_PAUSE = Duration.ofMillis(20);

    private StoreStart() {}

    /** The store owns the log. */
    record Opened(EmbeddedStore store, JRaftLog log) {}

    /** Opens the store; whether it can be written to shows in time. */
    static Opened open(
            ServerConfig config,
            ServerCertificates certificates,
            ServerCertificates.Names names,
            StoreMember member,
            StoreOrigin origin,
            InstantSource clock) {
        try {
            JRaftLog log = log(config, certificates, names, member, origin);
            return new Opened(open(config, log, clock), log);
        } catch (MemberRemoved e) {
            throw removed(config, e);
        } catch (LogUnusable | LogCorrupt | BackendException e) {
            throw new StartFailure("the store cannot be opened: " + e.getMessage(), e);
        }
    }

    static JRaftLog log(
            ServerConfig config,
            ServerCertificates certificates,
            ServerCertificates.Names names,
            StoreMember member,
            StoreOrigin origin) {
        return JRaftLog.open(logConfig(config, folder(config), peerSecurity(certificates, names), member, origin));
    }

    static EmbeddedStore open(ServerConfig config, JRaftLog log, InstantSource clock) {
        return EmbeddedStore.open(
                new EtcdArguments(config.etcdArguments()).engine(folder(config).resolve("state")), log, clock);
    }

    /** Only servers of this cluster have the peers' authority, so that its key is their common secret. */
    static MemberSearch search(ServerConfig config, StoreMember member, JRaftLog log) {
        byte[] secret = Pem.keyPair(config.serverFolder().resolve("tls/etcd/peer-ca.key"))
                .getPrivate()
                .getEncoded();
        var own = new Beacon(
                member.clusterId(),
                member.id(),
                new InetSocketAddress(config.node().address(), PEER_PORT));
        return new MemberSearch(own, secret, log::leadership, log::learnAddress).start();
    }

    private static Path folder(ServerConfig config) {
        return config.serverFolder().resolve("db/etcd/member");
    }

    private static PeerSecurity peerSecurity(ServerCertificates certificates, ServerCertificates.Names names) {
        Identity identity = certificates.etcdPeer(names);
        return new PeerSecurity.MutualTls(
                certificates.live(identity), Trust.in(certificates.etcdPeerCa().chain()), PeerIdentity.byUri());
    }

    private static JRaftLogConfig logConfig(
            ServerConfig config, Path folder, PeerSecurity security, StoreMember member, StoreOrigin origin) {
        var address = new InetSocketAddress(config.node().address(), PEER_PORT);
        var arguments = new EtcdArguments(config.etcdArguments());
        return new JRaftLogConfig(
                folder.resolve("wal"),
                member.id(),
                address,
                address,
                switch (origin) {
                    case NOTHING -> List.of(new Member(member.id(), address, false));
                    case DISK, CLUSTER -> List.of();
                },
                arguments.timings(),
                arguments.snapshotEntries(),
                security,
                Limits.DEFAULT,
                member.clusterId());
    }

    private static StartFailure removed(ServerConfig config, Exception cause) {
        return new StartFailure(
                "this server was removed from its cluster and serves no more. To let it join again as a new member: "
                        + "rm -rf %s and start it with --server https://<another server>:6443"
                                .formatted(StoreOrigin.storeFolder(config)),
                cause);
    }

    /** @throws StartFailure when the store does not serve any more, not even reads */
    static void refuseStopped(ServerConfig config, EmbeddedStore store) {
        try {
            store.range(new Operation.Range(KeyRange.single(Key.of("kvorum"))), Consistency.SERIALIZABLE);
        } catch (StoreException.Stopped e) {
            if (String.valueOf(e.getMessage()).contains("removed")) {
                throw removed(config, e);
            }
            throw new StartFailure("the store has stopped: " + e.getMessage(), e);
        } catch (StoreException e) {
            // it serves, if not this time
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("the store did not answer a check");
        }
    }

    /** @return false when nobody leads in time, which for a member of many may be because the others are off */
    static boolean awaitLeader(EmbeddedStore store, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (store.leadership().leader() == null) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(LEADER_PAUSE);
        }
        return true;
    }
}
