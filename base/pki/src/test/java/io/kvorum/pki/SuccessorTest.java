package io.kvorum.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SuccessorTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final LeafProfile PROFILE = LeafProfile.server("box", List.of("box", "10.0.0.1"));

    @TempDir
    private Path folder;

    private CertificateAuthority present;
    private CertificateAuthority.Successor successor;
    private CertificateAuthority next;

    @BeforeEach
    void make() {
        present = authority("old", NOW);
        successor = present.successor("k3s-server-ca");
        Path files = folder.resolve("new");
        SecretFile.write(files.resolve("ca.key"), successor.keyPem(), "rw-------");
        SecretFile.write(files.resolve("ca.crt"), successor.certificatesPem(), "rw-r--r--");
        next = authority("new", NOW);
    }

    private CertificateAuthority authority(String name, Instant now) {
        return CertificateAuthority.openOrCreate(
                folder.resolve(name), "ca", "k3s-server-ca", InstantSource.fixed(now.plusSeconds(name.length())));
    }

    private static void believe(List<X509Certificate> trusted, List<X509Certificate> shown)
            throws CertificateException {
        Trust.in(trusted, InstantSource.fixed(NOW.plusSeconds(60)))
                .checkServerTrusted(shown.toArray(X509Certificate[]::new), "ECDHE_ECDSA");
    }

    @Test
    void whoTrustsThePresentAuthorityBelievesLeavesOfItsSuccessor() {
        assertThatCode(() -> believe(present.chain(), next.issue(PROFILE).chain()))
                .doesNotThrowAnyException();
    }

    @Test
    void whoTrustsTheSuccessorBelievesTheLeavesThereAreAndItsOwn() {
        assertThatCode(() -> believe(next.chain(), present.issue(PROFILE).chain()))
                .doesNotThrowAnyException();
        assertThatCode(() -> believe(next.chain(), next.issue(PROFILE).chain())).doesNotThrowAnyException();
    }

    @Test
    void theSuccessorsSuccessorIsBelievedAsWell() {
        var third = next.successor("k3s-server-ca");
        SecretFile.write(folder.resolve("third/ca.key"), third.keyPem(), "rw-------");
        SecretFile.write(folder.resolve("third/ca.crt"), third.certificatesPem(), "rw-r--r--");
        List<X509Certificate> leaf = authority("third", NOW).issue(PROFILE).chain();

        assertThatCode(() -> believe(next.chain(), leaf)).doesNotThrowAnyException();
        assertThatCode(() -> believe(present.chain(), leaf)).doesNotThrowAnyException();
    }

    /** They want each certificate vouched for by the next one. */
    @Test
    void javasKeyStoresTakeItsLeaves() throws Exception {
        Identity leaf = next.issue(PROFILE);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);

        assertThatCode(() -> store.setKeyEntry(
                        "leaf", leaf.key(), new char[0], leaf.chain().toArray(X509Certificate[]::new)))
                .doesNotThrowAnyException();
    }

    @Test
    void nobodyBelievesAStranger() {
        assertThatThrownBy(() -> believe(
                        next.chain(), authority("stranger", NOW).issue(PROFILE).chain()))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void aSuccessorIsFitAndAStrangerOnlyWhenNobodyNeedVouchForIt() {
        var stranger = authority("stranger", NOW);
        var strangersKeys = Pem.keyPair(folder.resolve("stranger/ca.key"));

        assertThat(AuthorityCheck.problem(next.chain(), Pem.keyPairIn(successor.keyPem()), present.chain(), NOW))
                .isEmpty();
        assertThat(AuthorityCheck.problem(stranger.chain(), strangersKeys, present.chain(), NOW))
                .hasValueSatisfying(problem -> assertThat(problem).contains("vouches"));
        assertThat(AuthorityCheck.problem(stranger.chain(), strangersKeys, List.of(), NOW))
                .isEmpty();
    }

    @Test
    void whatCannotBeAnAuthorityIsRefused() {
        Identity leaf = present.issue(PROFILE);
        var leafKeys = new java.security.KeyPair(leaf.certificate().getPublicKey(), leaf.key());

        assertThat(AuthorityCheck.problem(leaf.chain(), leafKeys, List.of(), NOW))
                .hasValueSatisfying(problem -> assertThat(problem).contains("CA:TRUE"));
        assertThat(AuthorityCheck.problem(next.chain(), leafKeys, List.of(), NOW))
                .hasValueSatisfying(problem -> assertThat(problem).contains("key does not belong"));
        assertThat(AuthorityCheck.problem(
                        next.chain(), Pem.keyPairIn(successor.keyPem()), List.of(), NOW.plusSeconds(400_000_000)))
                .hasValueSatisfying(problem -> assertThat(problem).contains("ended"));
        assertThat(AuthorityCheck.problem(List.of(), leafKeys, List.of(), NOW)).isPresent();
    }
}
