package io.kvorum.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RenewalTest {
    private static final Instant BIRTH = Instant.parse("2026-03-01T12:00:00Z");
    private static final ServerCertificates.Names NAMES =
            new ServerCertificates.Names("h1", List.of("h1", "127.0.0.1"), List.of("127.0.0.1"), "kvorum://member/1a");

    @TempDir
    private Path folder;

    private Instant now = BIRTH;
    private final InstantSource clock = () -> now;

    /** One mutual handshake by the test's clock; the leaf the server showed. */
    private X509Certificate handshake(ServerCertificates certificates, KeyManager server, KeyManager client)
            throws Exception {
        SSLContext serving = SSLContext.getInstance("TLS");
        serving.init(
                new KeyManager[] {server},
                new TrustManager[] {Trust.in(certificates.clientAuthorities(), clock)},
                null);
        SSLContext calling = SSLContext.getInstance("TLS");
        calling.init(
                new KeyManager[] {client},
                new TrustManager[] {Trust.in(certificates.serverAuthorities(), clock)},
                null);
        try (var door = (SSLServerSocket)
                serving.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            door.setNeedClientAuth(true);
            CompletableFuture<Void> greeted = CompletableFuture.runAsync(() -> greet(door));
            try (var socket = (SSLSocket) calling.getSocketFactory().createSocket("127.0.0.1", door.getLocalPort())) {
                InputStream in = socket.getInputStream();
                assertThat(in.read()).isEqualTo('!');
                greeted.get(10, TimeUnit.SECONDS);
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            }
        }
    }

    private static void greet(SSLServerSocket door) {
        try (var socket = door.accept()) {
            socket.getOutputStream().write('!');
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void inTwoYearsWithoutARestartEveryHandshakeSucceedsAndNothingEnds() throws Exception {
        ServerCertificates certificates = ServerCertificates.open(folder, clock);
        KeyManager server = certificates.live(certificates.apiServing(NAMES));
        ReloadableKeyManager client = certificates.live(certificates.admin());
        X509Certificate first = handshake(certificates, server, client);
        int renewals = 0;
        for (int month = 1; month <= 24; month++) {
            now = BIRTH.plus(Duration.ofDays(month * 30L + month / 2));
            renewals += certificates.renewDue().size();
            X509Certificate shown = handshake(certificates, server, client);
            assertThat(shown.getNotAfter().toInstant()).isAfter(now.plus(Duration.ofDays(60)));
            assertThat(client.identity().certificate().getNotAfter().toInstant())
                    .isAfter(now);
        }
        assertThat(renewals).isBetween(4, 8);
        assertThat(handshake(certificates, server, client)).isNotEqualTo(first);
    }

    @Test
    void whatEndedIsRefused() throws Exception {
        ServerCertificates certificates = ServerCertificates.open(folder, clock);
        X509Certificate leaf = certificates.admin().certificate();
        now = BIRTH.plus(Duration.ofDays(366));
        assertThatThrownBy(() -> Trust.in(certificates.clientAuthorities(), clock)
                        .checkClientTrusted(new X509Certificate[] {leaf}, "EC"))
                .isInstanceOf(CertificateException.class);
    }

    /** A board without a battery-backed clock starts in 1970. */
    @Test
    void aClockThatJumpsBackBricksNothing() throws Exception {
        ServerCertificates certificates = ServerCertificates.open(folder, clock);
        KeyManager server = certificates.live(certificates.apiServing(NAMES));
        KeyManager client = certificates.live(certificates.admin());
        X509Certificate before = handshake(certificates, server, client);

        now = Instant.EPOCH;

        assertThat(certificates.renewDue()).isEmpty();
        assertThat(handshake(certificates, server, client)).isEqualTo(before);
        ServerCertificates again = ServerCertificates.open(folder, clock);
        Files.delete(folder.resolve("client-admin.crt"));
        assertThat(handshake(again, again.live(again.apiServing(NAMES)), again.live(again.admin())))
                .isEqualTo(before);
        now = BIRTH.plus(Duration.ofDays(1));
        assertThat(handshake(again, again.live(again.apiServing(NAMES)), again.live(again.admin())))
                .isEqualTo(before);
    }

    @Test
    void whatWasMadeByAClockThatRanAheadIsMadeAnewWhenItIsRightAgain() {
        ServerCertificates certificates = ServerCertificates.open(folder, clock);
        now = BIRTH.plus(Duration.ofDays(900));
        certificates.admin();
        now = BIRTH.plus(Duration.ofDays(1));

        assertThat(certificates.renewDue()).containsExactly(folder.resolve("client-admin.crt"));
        assertThat(certificates.admin().certificate().getNotBefore().toInstant())
                .isBefore(now);
    }

    @Test
    void aCertificateWhoseKeyWasExchangedByACrashIsMadeAnew() throws Exception {
        ServerCertificates certificates = ServerCertificates.open(folder, clock);
        certificates.admin();
        certificates.supervisor();
        Files.copy(
                folder.resolve("client-supervisor.key"),
                folder.resolve("client-admin.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(certificates.renewDue()).containsExactly(folder.resolve("client-admin.crt"));
    }

    @Test
    void whatSomebodyRemovedIsMadeAnew() throws Exception {
        ServerCertificates certificates = ServerCertificates.open(folder, clock);
        ReloadableKeyManager shown = certificates.live(certificates.apiServing(NAMES));
        X509Certificate before = shown.identity().certificate();
        Files.delete(folder.resolve("serving-kube-apiserver.crt"));
        Files.delete(folder.resolve("serving-kube-apiserver.key"));

        assertThat(certificates.renewDue()).hasSize(1);
        assertThat(shown.identity().certificate()).isNotEqualTo(before);
    }
}
