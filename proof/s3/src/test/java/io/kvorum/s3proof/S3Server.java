package io.kvorum.s3proof;

import io.kvorum.snapshot.s3.S3Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** S3Proxy with a folder for its buckets, in a process of its own; it refuses every signature that is not right. */
final class S3Server implements AutoCloseable {
    static final S3Settings.Credentials KEYS = new S3Settings.Credentials("AKIDTEST", "a-secret-key-for-tests", "");
    private static final String KEYSTORE_PASSWORD = "for-tests";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final Path folder;
    private final int port;
    private final int securePort;

    private S3Server(Process process, Path folder, int port, int securePort) {
        this.process = process;
        this.folder = folder;
        this.port = port;
        this.securePort = securePort;
    }

    static S3Server start(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        int securePort = freePort();
        makeCertificate(folder);
        Files.createDirectories(folder.resolve("data/backups"));
        Path settings = folder.resolve("s3proxy.conf");
        Files.write(
                settings,
                List.of(
                        "s3proxy.endpoint=http://127.0.0.1:" + port,
                        "s3proxy.secure-endpoint=https://127.0.0.1:" + securePort,
                        "s3proxy.keystore-path=" + folder.resolve("keys.p12"),
                        "s3proxy.keystore-password=" + KEYSTORE_PASSWORD,
                        "s3proxy.authorization=aws-v4",
                        "s3proxy.identity=" + KEYS.accessKey(),
                        "s3proxy.credential=" + KEYS.secretKey(),
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + folder.resolve("data")));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-DLOG_LEVEL=info",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3proxy.log").toFile())
                .start();
        var server = new S3Server(process, folder, port, securePort);
        server.awaitStart();
        return server;
    }

    /** A certificate that signs itself, and its PEM form beside it. */
    private static void makeCertificate(Path folder) throws IOException, InterruptedException {
        List<String> store =
                List.of("-keystore", folder.resolve("keys.p12").toString(), "-storepass", KEYSTORE_PASSWORD);
        keytool(
                store,
                "-genkeypair",
                "-alias",
                "s3",
                "-keyalg",
                "EC",
                "-dname",
                "CN=s3",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "30");
        keytool(
                store,
                "-exportcert",
                "-rfc",
                "-alias",
                "s3",
                "-file",
                certificate(folder).toString());
    }

    private static void keytool(List<String> store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(store);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("keytool failed: " + String.join(" ", command));
        }
    }

    private static Path certificate(Path folder) {
        return folder.resolve("s3.crt");
    }

    Path certificate() {
        return certificate(folder);
    }

    /** Over TLS. */
    S3Settings secureSettings(String authority, boolean isUnverified) {
        return new S3Settings(
                new S3Settings.Place("backups", "us-east-1", "edge/site-01"),
                new S3Settings.Connection(
                        "127.0.0.1:" + securePort, S3Settings.Lookup.PATH, false, isUnverified, authority, ""),
                Optional.of(KEYS),
                Duration.ofSeconds(60));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart() throws IOException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError(
                        "the S3 server did not start: " + Files.readString(folder.resolve("s3proxy.log")));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private boolean answers() {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** Where the server keeps what is in its bucket. */
    Path bucket() {
        return folder.resolve("data/backups");
    }

    S3Settings settings() {
        return settings(KEYS, "", Duration.ofSeconds(60));
    }

    S3Settings settings(S3Settings.Credentials keys, String proxy, Duration timeout) {
        return new S3Settings(
                new S3Settings.Place("backups", "us-east-1", "edge/site-01"),
                new S3Settings.Connection("127.0.0.1:" + port, S3Settings.Lookup.AUTO, true, false, "", proxy),
                Optional.of(keys),
                timeout);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
