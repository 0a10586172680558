package io.kvorum.member;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.etcdserver.EtcdServer;
import io.kvorum.etcdserver.EtcdServerConfig;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.JRaftLogConfig.Limits;
import io.kvorum.node.DataFolderLock;
import io.kvorum.node.EtcdArguments;
import io.kvorum.node.StartFailure;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a running member, from the log up; closed in reverse, once. */
final class RunningMember implements AutoCloseable {
    private final DataFolderLock lock;
    private final EmbeddedStore store;
    private final EtcdServer server;

    private RunningMember(DataFolderLock lock, EmbeddedStore store, EtcdServer server) {
        this.lock = lock;
        this.store = store;
        this.server = server;
    }

    /** Serves as soon as the log is open; like etcd, it does not wait for a leader. */
    static RunningMember start(MemberFlags flags) {
        DataFolderLock lock = DataFolderLock.take(flags.dataDir());
        Path folder = flags.dataDir().resolve("member");
        var arguments = new EtcdArguments(flags.storeArguments());
        JRaftLog log = JRaftLog.open(logConfig(flags, arguments, folder.resolve("wal")));
        EngineConfig config = arguments.engine(folder.resolve("state"));
        EmbeddedStore store = EmbeddedStore.open(config, log, InstantSource.system());
        var server = new EtcdServer(serverConfig(flags), store, new SecureRandom());
        try {
            server.start();
        } catch (UncheckedIOException e) {
            store.close();
            throw new StartFailure(e.getMessage() + ": " + e.getCause(), e);
        }
        return new RunningMember(lock, store, server);
    }

    private static JRaftLogConfig logConfig(MemberFlags flags, EtcdArguments arguments, Path folder) {
        InitialCluster cluster = flags.initialCluster();
        List<Member> initial = flags.joinsExistingCluster() ? List.of() : cluster.members();
        return new JRaftLogConfig(
                folder,
                identify(flags, cluster),
                InitialCluster.addressOf(flags.listenPeerUrl()),
                InitialCluster.addressOf(flags.advertisePeerUrl()),
                initial,
                arguments.timings(),
                arguments.snapshotEntries(),
                flags.peerTls().peers(),
                Limits.DEFAULT);
    }

    /** A member keeps the id it was first started with, whatever the flags say later. */
    private static MemberId identify(MemberFlags flags, InitialCluster cluster) {
        Path file = flags.dataDir().resolve("member-id");
        try {
            if (Files.exists(file)) {
                return parse(Files.readString(file).strip(), file.toString());
            }
            MemberId id = newId(flags, cluster);
            // on a full disk there must be no file rather than an empty one
            Path fresh = file.resolveSibling("member-id.new");
            Files.writeString(fresh, "%016x%n".formatted(id.value()), CREATE, TRUNCATE_EXISTING, WRITE, SYNC);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return id;
        } catch (IOException e) {
            throw new StartFailure("cannot read or write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static MemberId newId(MemberFlags flags, InitialCluster cluster) {
        @Nullable String given = flags.memberId();
        if (given != null) {
            return parse(given, "--member-id");
        }
        if (flags.joinsExistingCluster()) {
            throw new StartFailure(
                    "--initial-cluster-state existing needs --member-id with the id `member add` answered");
        }
        return cluster.idOf(cluster.seat(flags.name()));
    }

    private static MemberId parse(String hex, String from) {
        try {
            return new MemberId(Long.parseUnsignedLong(hex, 16));
        } catch (NumberFormatException e) {
            throw new StartFailure("%s: \"%s\" is no member id in hex".formatted(from, hex), e);
        }
    }

    private static EtcdServerConfig serverConfig(MemberFlags flags) {
        return EtcdServerConfig.of(
                addresses(flags.listenClientUrls()),
                flags.clientTls().clients(),
                addresses(flags.listenMetricsUrls()),
                flags.initialCluster().clusterId(),
                new EtcdServerConfig.Names(
                        flags.name(),
                        List.of(flags.advertisePeerUrl().toString()),
                        flags.advertiseClientUrls().stream().map(URI::toString).toList()));
    }

    private static List<InetSocketAddress> addresses(List<URI> urls) {
        return urls.stream().map(InitialCluster::addressOf).toList();
    }

    @Override
    public void close() {
        server.close();
        store.close();
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the lock of the data folder could not be let go", e);
        }
    }
}
