package io.kvorum.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificatesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final ServerCertificates.Names NAMES = new ServerCertificates.Names(
            "h1", List.of("h1", "127.0.0.1", "::1"), List.of("127.0.0.1"), "kvorum://member/1a");

    @TempDir
    private Path folder;

    @Test
    void everyLeafIsVouchedForByItsAuthority() throws Exception {
        ServerCertificates certificates = open(NOW);

        certificates
                .admin()
                .certificate()
                .verify(certificates.clientCa().certificate().getPublicKey());
        certificates
                .apiServing(NAMES)
                .certificate()
                .verify(certificates.serverCa().certificate().getPublicKey());
        certificates
                .etcdPeer(NAMES)
                .certificate()
                .verify(certificates.etcdPeerCa().certificate().getPublicKey());
    }

    @Test
    void openingAgainKeepsAuthoritiesAndLeaves() {
        Identity first = open(NOW).apiServing(NAMES);

        Identity second = open(NOW.plus(Duration.ofDays(30))).apiServing(NAMES);

        assertThat(second.certificate()).isEqualTo(first.certificate());
    }

    @Test
    void aLeafIsMadeAnewBeforeItEndsOrWhenANameIsNew() {
        Identity first = open(NOW).apiServing(NAMES);
        var more = new ServerCertificates.Names("h1", List.of("h1", "10.0.0.9"), List.of(), "kvorum://member/1a");

        assertThat(open(NOW.plus(Duration.ofDays(250))).apiServing(NAMES).certificate())
                .isNotEqualTo(first.certificate());
        assertThat(open(NOW).apiServing(more).certificate().toString()).contains("10.0.0.9");
    }

    @Test
    void keysAreReadableByTheirOwnerAlone() throws Exception {
        open(NOW).admin();

        for (String key : List.of("client-ca.key", "server-ca.key", "service.key", "client-admin.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(key))))
                    .as(key)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void earlierKeysOfServiceAccountsStandBehindTheOneThatSigns() throws Exception {
        KeyPair first = open(NOW).serviceAccountKeys();
        Path file = folder.resolve("service.key");
        String earlier = Files.readString(file);
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair second = generator.generateKeyPair();
        Files.writeString(file, Pem.encode(second.getPrivate()) + earlier);

        ServerCertificates rotated = open(NOW);

        assertThat(rotated.serviceAccountKeys().getPublic()).isEqualTo(second.getPublic());
        assertThat(rotated.earlierServiceAccountKeys()).containsExactly(first.getPublic());
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() throws Exception {
        open(NOW);
        Files.setPosixFilePermissions(folder.resolve("server-ca.key"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(PkiException.class)
                .hasMessageContaining("server-ca.key")
                .hasMessageContaining("chmod 600");
    }

    @Test
    void anAuthorityWithoutItsKeyIsNotReplacedSilently() throws Exception {
        open(NOW);
        Files.delete(folder.resolve("server-ca.key"));

        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(PkiException.class)
                .hasMessageContaining("server-ca.crt")
                .hasMessageContaining("restore");
    }

    @Test
    void aTokenPinsTheServersAuthority() {
        String pem = open(NOW).serverCaPem();
        var token = new ServerToken(ServerToken.hash(pem), "server", "secret");

        ServerToken parsed = ServerToken.parse(token.secureForm() + "\n");

        assertThat(parsed.caHash()).isEqualTo(ServerToken.hash(pem));
        assertThat(parsed.hasPassword("secret")).isTrue();
        assertThat(parsed.hasPassword("Secret")).isFalse();
        assertThat(parsed.toString()).doesNotContain("secret");
    }

    @Test
    void aMangledTokenIsRefusedWithAdvice() {
        assertThatThrownBy(() -> ServerToken.parse("K10abc::server:x")).hasMessageContaining("64 hex digits");
    }

    private ServerCertificates open(Instant now) {
        return ServerCertificates.open(folder, InstantSource.fixed(now));
    }
}
