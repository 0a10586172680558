package io.kvorum.bench;

import io.grpc.netty.GrpcSslContexts;
import io.kvorum.pki.Pem;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/** One authority for a run, a certificate per member for its clients and peers, and one for the load. One thread. */
final class Certificates {
    private static final long MOST_SECONDS = 60;

    private final Path folder;
    private final Path maker;

    /** @param maker the program of our member, which also makes certificates that etcd takes */
    Certificates(Path folder, Path maker) {
        this.folder = folder;
        this.maker = maker;
    }

    static Path certificate(Seat seat) {
        return seat.certificates().resolve(seat.name() + ".crt");
    }

    static Path key(Seat seat) {
        return seat.certificates().resolve(seat.name() + ".key");
    }

    static Path authority(Seat seat) {
        return seat.certificates().resolve("ca.crt");
    }

    void equip(List<Seat> seats) {
        String cluster =
                seats.stream().map(seat -> seat.name() + "=" + seat.peerUrl()).collect(Collectors.joining(","));
        List<String> command = List.of(
                maker.toString(),
                "certs",
                "--dir",
                folder.toString(),
                "--initial-cluster",
                cluster,
                "--initial-cluster-token",
                Rival.TOKEN);
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " made no certificates");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + maker, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    SslContext client() {
        try {
            return GrpcSslContexts.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(Pem.certificates(folder.resolve("ca.crt")).getFirst())
                    .keyManager(
                            Pem.keyPair(folder.resolve("client.key")).getPrivate(),
                            Pem.certificates(folder.resolve("client.crt")).toArray(X509Certificate[]::new))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("the load's certificate makes no TLS context", e);
        }
    }
}
