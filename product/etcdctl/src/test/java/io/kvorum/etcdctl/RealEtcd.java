package io.kvorum.etcdctl;

import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.LeafFiles;
import io.kvorum.pki.LeafProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Real etcd servers on this machine's loopback, for as long as a test lasts. */
final class RealEtcd implements AutoCloseable {
    static final Path SERVER = Path.of("/usr/bin/etcd");
    static final Path CLIENT = Path.of("/usr/bin/etcdctl");

    private final Path folder;
    private final boolean tls;
    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<Integer> peerPorts = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();

    RealEtcd(Path folder, int members, boolean tls) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.tls = tls;
        for (int i = 0; i < members; i++) {
            clientPorts.add(freePort());
            peerPorts.add(freePort());
        }
        if (tls) {
            makeCertificates();
        }
        for (int i = 0; i < members; i++) {
            servers.add(start(i));
        }
        for (int port : clientPorts) {
            awaitPort(port);
        }
        awaitHealth();
    }

    static boolean installed() {
        return Files.isExecutable(SERVER) && Files.isExecutable(CLIENT);
    }

    Path folder() {
        return folder;
    }

    String endpoint(int member) {
        return "127.0.0.1:" + clientPorts.get(member);
    }

    String endpoints() {
        return String.join(
                ",", clientPorts.stream().map(port -> "127.0.0.1:" + port).toList());
    }

    /** The servers' ports by stable names. */
    String withoutPorts(String text) {
        String changed = text;
        for (int i = 0; i < clientPorts.size(); i++) {
            changed = changed.replace(":" + clientPorts.get(i), ":CLIENT" + i)
                    .replace(":" + peerPorts.get(i), ":PEER" + i);
        }
        return changed;
    }

    private void makeCertificates() {
        var authority = CertificateAuthority.openOrCreate(folder, "ca", "etcd", InstantSource.system());
        List<String> names = List.of("127.0.0.1", "localhost");
        new LeafFiles(folder, "server")
                .ensure(
                        authority,
                        LeafProfile.peer("server", names),
                        InstantSource.system().instant());
        new LeafFiles(folder, "client")
                .ensure(
                        authority,
                        LeafProfile.client("client"),
                        InstantSource.system().instant());
    }

    private Process start(int member) throws IOException {
        String scheme = tls ? "https://" : "http://";
        String client = scheme + endpoint(member);
        String peer = "http://127.0.0.1:" + peerPorts.get(member);
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < peerPorts.size(); i++) {
            cluster.add("m" + i + "=http://127.0.0.1:" + peerPorts.get(i));
        }
        List<String> command = new ArrayList<>(List.of(
                SERVER.toString(),
                "--name=m" + member,
                "--data-dir=" + folder.resolve("m" + member),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + String.join(",", cluster)));
        if (tls) {
            command.add("--cert-file=" + folder.resolve("server.crt"));
            command.add("--key-file=" + folder.resolve("server.key"));
            command.add("--trusted-ca-file=" + folder.resolve("ca.crt"));
            command.add("--client-cert-auth");
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("m" + member + ".log").toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("etcd does not listen on " + port);
    }

    private void awaitHealth() throws Exception {
        List<String> command = new ArrayList<>(List.of(CLIENT.toString(), "--endpoints=" + endpoints()));
        if (tls) {
            command.add("--cacert=" + folder.resolve("ca.crt"));
            command.add("--cert=" + folder.resolve("client.crt"));
            command.add("--key=" + folder.resolve("client.key"));
        }
        command.addAll(List.of("endpoint", "health"));
        for (int i = 0; i < 10; i++) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() == 0) {
                return;
            }
        }
        throw new AssertionError("etcd does not become healthy, see " + folder);
    }

    @Override
    public void close() {
        servers.forEach(Process::destroy);
        for (Process each : servers) {
            each.onExit().completeOnTimeout(each, 10, TimeUnit.SECONDS).join();
            each.destroyForcibly();
        }
    }
}
