package io.kvorum.etcdctl.wire;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.Identity;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    @TempDir
    private Path folder;

    /** Go's clients take such a file, as K3s writes it after an exchange of authorities. */
    @Test
    void furtherAuthoritiesMayStandBehindTheChain() throws IOException {
        CertificateAuthority before =
                CertificateAuthority.openOrCreate(folder, "ca", "etcd-server-ca", InstantSource.system());
        CertificateAuthority other =
                CertificateAuthority.openOrCreate(folder, "other", "etcd-server-ca-2", InstantSource.system());
        Identity leaf = before.issue(LeafProfile.client("root"));
        List<X509Certificate> file = new ArrayList<>(leaf.chain());
        file.add(other.certificate());

        WireSettings settings = settings(file, leaf);

        assertThatCode(() -> TlsFiles.credentials(settings)).doesNotThrowAnyException();
    }

    @Test
    void aFileWithoutACertificateIsRefused() throws IOException {
        CertificateAuthority authority =
                CertificateAuthority.openOrCreate(folder, "ca", "etcd-server-ca", InstantSource.system());
        Identity leaf = authority.issue(LeafProfile.client("root"));
        WireSettings settings = settings(List.of(), leaf);

        assertThatThrownBy(() -> TlsFiles.credentials(settings)).isInstanceOf(WireException.class);
    }

    private WireSettings settings(List<X509Certificate> file, Identity leaf) throws IOException {
        Path certificate = folder.resolve("client.crt");
        Path key = folder.resolve("client.key");
        Files.writeString(certificate, file.isEmpty() ? "" : Pem.encode(file));
        Files.writeString(key, Pem.encode(leaf.key()));
        return new WireSettings(
                List.of("https://127.0.0.1:2379"),
                "",
                certificate.toString(),
                key.toString(),
                false,
                true,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Credentials.NONE);
    }
}
