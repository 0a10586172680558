package io.kvorum.jetcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One or more members on loopback ports, each a process, ours or Debian's; used by one thread. */
final class Members implements AutoCloseable {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final Path MEMBER = Path.of("../member/target");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path folder;
    private final List<Integer> clientPorts;
    private final List<Integer> peerPorts;
    private final List<Process> processes = new ArrayList<>();

    private Members(Path folder, int count) {
        this.folder = folder;
        List<Integer> ports = freePorts(2 * count);
        this.clientPorts = ports.subList(0, count);
        this.peerPorts = ports.subList(count, 2 * count);
    }

    static boolean areInstalled() {
        return Files.isExecutable(ETCD) && Files.isReadable(MEMBER.resolve("class-path"));
    }

    static Members debian(Path folder, int count) {
        return new Members(folder, count).start(List.of(ETCD.toString(), "--log-level=error"));
    }

    static Members ours(Path folder, int count) {
        try {
            String path = MEMBER.resolve("classes") + ":"
                    + Files.readString(MEMBER.resolve("class-path")).strip();
            return new Members(folder, count)
                    .start(List.of(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xmx256m",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            path,
                            "io.kvorum.member.Main"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket();
                sockets.add(socket);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                ports.add(socket.getLocalPort());
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Members start(List<String> program) {
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < clientPorts.size(); i++) {
            cluster.add("m" + i + "=" + url(peerPorts.get(i)));
        }
        for (int i = 0; i < clientPorts.size(); i++) {
            List<String> command = new ArrayList<>(program);
            command.add("--name=m" + i);
            // a busy machine must not move the lead in the middle of the session
            command.add("--heartbeat-interval=300");
            command.add("--election-timeout=3000");
            command.add("--data-dir=" + folder.resolve("m" + i));
            command.add("--listen-client-urls=" + url(clientPorts.get(i)));
            command.add("--advertise-client-urls=" + url(clientPorts.get(i)));
            command.add("--listen-peer-urls=" + url(peerPorts.get(i)));
            command.add("--initial-advertise-peer-urls=" + url(peerPorts.get(i)));
            command.add("--initial-cluster=" + String.join(",", cluster));
            try {
                Files.createDirectories(folder);
                processes.add(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("m" + i + ".log").toFile())
                        .start());
            } catch (IOException e) {
                close();
                throw new UncheckedIOException(e);
            }
        }
        clientPorts.forEach(this::awaitHealth);
        return this;
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private void awaitHealth(int port) {
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url(port) + "/health"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!isHealthy(http, request)) {
                if (System.nanoTime() > deadline) {
                    close();
                    throw new AssertionError("no health within " + PATIENCE + "; see " + folder);
                }
                boolean ignored = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static boolean isHealthy(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where clients reach them. */
    List<String> endpoints() {
        return clientPorts.stream().map(Members::url).toList();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        try {
            for (Process process : processes) {
                boolean ignored = process.waitFor(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
