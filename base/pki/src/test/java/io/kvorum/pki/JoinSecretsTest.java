package io.kvorum.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinSecretsTest {
    private static final String HASH = "ab".repeat(32);

    @TempDir
    private Path folder;

    @Test
    void aTokenIsReadInAllOfItsForms() {
        assertThat(ServerToken.parse("K10" + HASH + "::server:secret\n"))
                .isEqualTo(new ServerToken(HASH, "server", "secret"));
        assertThat(ServerToken.parse("secret")).isEqualTo(new ServerToken(null, "server", "secret"));
        assertThat(ServerToken.parse("abcdef.0123456789abcdef"))
                .isEqualTo(new ServerToken(null, "", "abcdef.0123456789abcdef"));
        assertThat(ServerToken.parse("K10" + HASH + "::abcdef.0123456789abcdef").isBootstrap())
                .isTrue();
        assertThatThrownBy(() -> ServerToken.parse("K10abc::server:secret")).isInstanceOf(PkiException.class);
    }

    @Test
    void aPasswordIsShownByItsUserAndABootstrapTokenByItself() {
        assertThat(ServerToken.parse("secret").as("node").authorization()).isEqualTo("Basic bm9kZTpzZWNyZXQ=");
        assertThat(ServerToken.parse("abcdef.0123456789abcdef").as("node").authorization())
                .isEqualTo("Bearer abcdef.0123456789abcdef");
    }

    @Test
    void bootstrapDataIsReadWithTheRightPasswordAlone() {
        byte[] data = "keys".getBytes(StandardCharsets.UTF_8);

        String hidden = BootstrapCipher.encrypt("secret", data);

        assertThat(hidden).matches("[0-9a-f]{16}:[A-Za-z0-9+/=]+");
        assertThat(BootstrapCipher.decrypt("secret", hidden)).contains(data);
        assertThat(BootstrapCipher.decrypt("other", hidden)).isEmpty();
        assertThat(BootstrapCipher.decrypt("secret", "nonsense")).isEmpty();
        assertThat(BootstrapCipher.storageKey("secret")).isEqualTo("/bootstrap/2bb80d537b1d");
    }

    @Test
    void aNodePasswordFitsItsHashAndNoOther() {
        String hash = NodePasswordHash.of("secret");

        assertThat(hash).matches("\\$1:[0-9a-f]{16}:15:8:1:[A-Za-z0-9+/]{86}");
        assertThat(NodePasswordHash.fits(hash, "secret")).isTrue();
        assertThat(NodePasswordHash.fits(hash, "other")).isFalse();
        assertThat(NodePasswordHash.fits("", "secret")).isFalse();
    }

    @Test
    void aCertificateRequestTellsItsKeyInBothForms() {
        KeyPair keys = CertificateAuthority.newKeys();

        assertThat(CertificateRequest.keyOf(CertificateRequest.of(keys, "x"))).isEqualTo(keys.getPublic());
        assertThatThrownBy(() -> CertificateRequest.keyOf(new byte[] {1, 2, 3})).isInstanceOf(PkiException.class);
    }

    @Test
    void aJoinerBelievesApiServersOfItsClusterUnderAnyName() throws CertificateException {
        var ours = CertificateAuthority.openOrCreate(folder.resolve("a"), "ca", "a", InstantSource.system());
        var theirs = CertificateAuthority.openOrCreate(folder.resolve("b"), "ca", "b", InstantSource.system());
        var trust = new PinnedServerTrust(ours.chain());
        LeafProfile api = LeafProfile.server("api", List.of("kubernetes.default", "10.0.0.1"));

        trust.checkServerTrusted(chain(ours.issue(api)), "ECDHE_ECDSA");

        assertThatThrownBy(() -> trust.checkServerTrusted(chain(theirs.issue(api)), "ECDHE_ECDSA"))
                .isInstanceOf(CertificateException.class);
        Identity kubelet = ours.issue(LeafProfile.server("h1", List.of("h1")));
        assertThatThrownBy(() -> trust.checkServerTrusted(chain(kubelet), "ECDHE_ECDSA"))
                .hasMessageContaining("not of an API server");
    }

    private static X509Certificate[] chain(Identity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }
}
