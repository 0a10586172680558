package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** A real etcd on loopback and its etcdctl, as judges; used by one thread. */
final class RealEtcd implements AutoCloseable {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PAIR = Pattern.compile("\\{\"key\":\"[^}]*}");

    private final int clientPort;
    private final Process process;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RealEtcd(int clientPort, Process process) {
        this.clientPort = clientPort;
        this.process = process;
    }

    static void mustBeInstalled() {
        Assumptions.assumeTrue(
                Files.isExecutable(ETCD) && Files.isExecutable(ETCDCTL),
                "etcd and etcdctl of Debian are not installed (apt-get install etcd-server etcd-client)");
    }

    /** Starts on the folder {@code data} in the given one, which may come from a restore. */
    static RealEtcd start(Path folder) throws Exception {
        int client = freePort();
        int peer = freePort();
        List<String> command = List.of(
                ETCD.toString(),
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=http://127.0.0.1:" + client,
                "--advertise-client-urls=http://127.0.0.1:" + client,
                "--listen-peer-urls=http://127.0.0.1:" + peer,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peer,
                "--initial-cluster=default=http://127.0.0.1:" + peer);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("etcd.log").toFile())
                .start();
        RealEtcd etcd = new RealEtcd(client, process);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!etcd.isServing()) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                etcd.close();
                throw new IllegalStateException("etcd does not serve: " + Files.readString(folder.resolve("etcd.log")));
            }
        }
        return etcd;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isServing() throws Exception {
        // Its health would be asked for as somebody who may read, and without alarms.
        String endpoints = "--endpoints=http://127.0.0.1:" + clientPort;
        Ran ran = run(Duration.ofSeconds(10), endpoints, "endpoint", "status", "-w", "json");
        return ran.code() == 0
                && ran.out().contains("\"leader\":")
                && !ran.out().contains("\"leader\":0");
    }

    static Ran etcdctl(String... arguments) throws Exception {
        return run(PATIENCE, arguments);
    }

    private static Ran run(Duration patience, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(ETCDCTL.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("ETCDCTL_API", "3");
        Path out = Files.createTempFile("etcdctl", ".out");
        Path log = Files.createTempFile("etcdctl", ".log");
        try {
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(log.toFile())
                    .start();
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("etcdctl did not end: " + command);
            }
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(log));
        } finally {
            Files.delete(out);
            Files.delete(log);
        }
    }

    /** What etcdctl tells of a snapshot. */
    static SnapshotStatus status(Path snapshot) throws Exception {
        Ran ran = etcdctl("snapshot", "status", snapshot.toString(), "-w", "json");
        if (ran.code() != 0) {
            throw new AssertionError("etcdctl refuses the snapshot: " + ran);
        }
        return new SnapshotStatus(
                (int) number(ran.out(), "hash"),
                new Revision(number(ran.out(), "revision")),
                number(ran.out(), "totalKey"),
                number(ran.out(), "totalSize"));
    }

    /** Runs etcdctl against this etcd. */
    Ran run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("--endpoints=http://127.0.0.1:" + clientPort));
        all.addAll(List.of(arguments));
        return etcdctl(all.toArray(String[]::new));
    }

    void save(Path snapshot) throws Exception {
        Ran ran = etcdctl("--endpoints=http://127.0.0.1:" + clientPort, "snapshot", "save", snapshot.toString());
        if (ran.code() != 0) {
            throw new AssertionError("etcdctl cannot save: " + ran);
        }
    }

    /** Its hash over the history. */
    int hashHistory() throws Exception {
        Ran ran = etcdctl("--endpoints=http://127.0.0.1:" + clientPort, "endpoint", "hashkv", "-w", "json");
        return (int) number(ran.out(), "hash");
    }

    /** Calls the JSON gateway. */
    String call(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + clientPort + "/v3/" + path))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.body());
        }
        return response.body();
    }

    void put(String key, Bytes value, long lease) throws Exception {
        call(
                "kv/put",
                "{\"key\":\"%s\",\"value\":\"%s\",\"lease\":%d}"
                        .formatted(base64(Bytes.utf8(key)), base64(value), lease));
    }

    void delete(String key) throws Exception {
        call("kv/deleterange", "{\"key\":\"%s\"}".formatted(base64(Bytes.utf8(key))));
    }

    /** All keys as they were at the revision; 0 means now. */
    NavigableMap<Key, KeyValue> all(long revision) throws Exception {
        String answer =
                call("kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"revision\":%d}".formatted(revision));
        NavigableMap<Key, KeyValue> found = new TreeMap<>();
        Matcher pairs = PAIR.matcher(answer);
        while (pairs.find()) {
            String pair = pairs.group();
            Key key = new Key(bytes(pair, "key"));
            found.put(
                    key,
                    new KeyValue(
                            key,
                            bytes(pair, "value"),
                            new Revision(number(pair, "create_revision")),
                            new Revision(number(pair, "mod_revision")),
                            number(pair, "version"),
                            new LeaseId(number(pair, "lease"))));
        }
        return found;
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static Bytes bytes(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":\"([^\"]*)\"").matcher(json);
        return matcher.find() ? Bytes.wrap(Base64.getDecoder().decode(matcher.group(1))) : Bytes.EMPTY;
    }

    static long number(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":\"?(-?\\d+)").matcher(json);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** How etcdctl ended. */
    record Ran(int code, String out, String log) {}
}
