package io.kvorum.etcdserver;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.SingleMemberLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An etcd on a loopback port, Debian's or ours, with etcdctl in front of it. */
abstract sealed class Side implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    private final @Nullable TestKeys keys;

    private Side(@Nullable TestKeys keys) {
        this.keys = keys;
    }

    abstract String endpoint();

    String etcdctl(List<String> arguments, String input, Duration limit) {
        List<String> command = new ArrayList<>(List.of(Commands.ETCDCTL.toString(), "--endpoints=" + endpoint()));
        if (keys != null) {
            command.add("--cacert=" + keys.ca());
            command.add("--cert=" + keys.client().certificateFile());
            command.add("--key=" + keys.client().keyFile());
        }
        command.addAll(arguments);
        return Commands.run(command, Map.of("ETCDCTL_API", "3"), input, limit);
    }

    private void awaitStart() {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        String said = "";
        while (System.nanoTime() < deadline) {
            said = etcdctl(List.of("get", "probe", "--command-timeout=1s"), "", Duration.ofSeconds(5));
            if (said.equals("exit 0\n")) {
                return;
            }
        }
        throw new AssertionError("no answer within " + START_PATIENCE + ": " + said);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String scheme() {
        return keys == null ? "http" : "https";
    }

    @Override
    public abstract void close();

    /** Debian's etcd in a process of its own. */
    static final class Debian extends Side {
        private final int port = freePort();
        private final Process process;

        /** One of several; it answers once most of them run. */
        static Debian oneOf(Path folder, String name, int peerPort, String cluster) {
            String peer = "http://127.0.0.1:" + peerPort;
            return new Debian(
                    folder,
                    null,
                    "--name=" + name,
                    "--listen-peer-urls=" + peer,
                    "--initial-advertise-peer-urls=" + peer,
                    "--initial-cluster=" + cluster);
        }

        Debian(Path folder, @Nullable TestKeys keys, String... more) {
            super(keys);
            List<String> command = new ArrayList<>(List.of(
                    Commands.ETCD.toString(),
                    "--name=one",
                    "--data-dir=" + folder,
                    "--listen-client-urls=" + endpoint(),
                    "--advertise-client-urls=" + endpoint()));
            int peerPort = freePort();
            command.add("--listen-peer-urls=http://127.0.0.1:" + peerPort);
            command.add("--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort);
            command.add("--initial-cluster=one=http://127.0.0.1:" + peerPort);
            command.add("--log-level=error");
            if (keys != null) {
                command.add("--cert-file=" + keys.server().certificateFile());
                command.add("--key-file=" + keys.server().keyFile());
                command.add("--trusted-ca-file=" + keys.ca());
                command.add("--client-cert-auth");
            }
            command.addAll(List.of(more));
            try {
                Files.createDirectories(folder);
                process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            super.awaitStart();
        }

        @Override
        String endpoint() {
            return scheme() + "://127.0.0.1:" + port;
        }

        @Override
        public void close() {
            process.destroyForcibly();
            try {
                boolean ignored = process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ours, in this process. */
    static final class Ours extends Side {
        private final EmbeddedStore store;
        private final EtcdServer server;

        Ours(Path folder, @Nullable TestKeys keys) {
            this(EngineConfig.in(folder), keys, Duration.ofMinutes(10));
        }

        Ours(EngineConfig config, @Nullable TestKeys keys, Duration progressEvery) {
            this(config, new SingleMemberLog(), keys, progressEvery);
            super.awaitStart();
        }

        /** One member of several; it may not answer yet. */
        Ours(EngineConfig config, ReplicatedLog log, @Nullable TestKeys keys, Duration progressEvery) {
            this(
                    config,
                    log,
                    keys,
                    progressEvery,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new EtcdServerConfig.Names(
                            "one", List.of("http://127.0.0.1:2380"), List.of("http://127.0.0.1:2379")));
        }

        /** One of several, which tells the others where its clients come in. */
        static Ours oneOf(EngineConfig config, ReplicatedLog log, String name, int peerPort) {
            int port = freePort();
            return new Ours(
                    config,
                    log,
                    null,
                    Duration.ofMinutes(10),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    new EtcdServerConfig.Names(
                            name, List.of("http://127.0.0.1:" + peerPort), List.of("http://127.0.0.1:" + port)));
        }

        private Ours(
                EngineConfig config,
                ReplicatedLog log,
                @Nullable TestKeys keys,
                Duration progressEvery,
                InetSocketAddress listen,
                EtcdServerConfig.Names names) {
            super(keys);
            store = EmbeddedStore.open(config, log, InstantSource.system());
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            EtcdServerConfig settings = EtcdServerConfig.of(
                            List.of(listen), Optional.ofNullable(keys).map(TestKeys::tls), List.of(any), 7, names)
                    .withVersion("3.4.23")
                    .withProgressEvery(progressEvery)
                    .withLeaderLookEvery(Duration.ofMillis(200));
            server = new EtcdServer(settings, store, new Random(1));
            server.start();
        }

        EmbeddedStore store() {
            return store;
        }

        EtcdServer server() {
            return server;
        }

        @Override
        String endpoint() {
            return scheme() + "://127.0.0.1:" + server.addresses().getFirst().getPort();
        }

        @Override
        public void close() {
            server.close();
            store.close();
        }
    }
}
