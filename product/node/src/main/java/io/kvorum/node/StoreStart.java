package io.kvorum.node;

import io.kvorum.backend.BackendException;
import io.kvorum.engine.AutoCompaction;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.Fence;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.JRaftLogConfig.Limits;
import io.kvorum.jraft.JRaftLogConfig.Timings;
import io.kvorum.jraft.LogUnusable;
import io.kvorum.jraft.PeerIdentity;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.jraft.log.LogCorrupt;
import io.kvorum.node.config.GoDuration;
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
import java.util.Map;
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
            EmbeddedStore store = EmbeddedStore.open(engineConfig(folder, config.etcdArguments()), log, clock);
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
        Map<String, String> arguments = config.etcdArguments();
        return new JRaftLogConfig(
                folder.resolve("wal"),
                member.id(),
                address,
                address,
                List.of(new Member(member.id(), address, false)),
                timings(arguments),
                number(arguments, "snapshot-count", JRaftLogConfig.SNAPSHOT_ENTRIES),
                security,
                Limits.DEFAULT);
    }

    private static Timings timings(Map<String, String> arguments) {
        int heartbeat = number(arguments, "heartbeat-interval", (int)
                Timings.DEFAULT.heartbeat().toMillis());
        int election = number(
                arguments, "election-timeout", (int) Timings.DEFAULT.election().toMillis());
        try {
            return new Timings(Duration.ofMillis(heartbeat), Duration.ofMillis(election));
        } catch (IllegalArgumentException e) {
            throw new StartFailure("--etcd-arg: " + e.getMessage(), e);
        }
    }

    private static EngineConfig engineConfig(Path folder, Map<String, String> arguments) {
        EngineConfig config = EngineConfig.in(folder.resolve("state")).withAutoCompaction(autoCompaction(arguments));
        String quota = arguments.get("quota-backend-bytes");
        if (quota == null || quota.equals("0")) {
            return config;
        }
        try {
            return config.withQuotaBytes(Long.parseLong(quota));
        } catch (NumberFormatException e) {
            throw new StartFailure("--etcd-arg quota-backend-bytes must be a number of bytes, not " + quota, e);
        }
    }

    /** As etcd: a bare number is hours in periodic mode and revisions in revision mode; none or 0 means never. */
    private static AutoCompaction autoCompaction(Map<String, String> arguments) {
        String retention = arguments.getOrDefault("auto-compaction-retention", "0");
        String mode = arguments.getOrDefault("auto-compaction-mode", "periodic");
        if (retention.equals("0")) {
            return AutoCompaction.NONE;
        }
        boolean isNumber = retention.chars().allMatch(Character::isDigit);
        try {
            return switch (mode) {
                case "periodic" ->
                    new AutoCompaction.Periodic(
                            isNumber ? Duration.ofHours(Long.parseLong(retention)) : GoDuration.parse(retention));
                case "revision" -> new AutoCompaction.Revisions(Long.parseLong(retention));
                default ->
                    throw new StartFailure(
                            "--etcd-arg auto-compaction-mode is periodic or revision, not \"%s\"".formatted(mode));
            };
        } catch (IllegalArgumentException e) {
            throw new StartFailure(
                    "--etcd-arg auto-compaction-retention \"%s\" does not fit mode %s".formatted(retention, mode), e);
        }
    }

    private static int number(Map<String, String> arguments, String name, int otherwise) {
        String text = arguments.get(name);
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new StartFailure("--etcd-arg %s must be a number, not \"%s\"".formatted(name, text), e);
        }
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
