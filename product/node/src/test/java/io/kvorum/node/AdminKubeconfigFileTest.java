package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.node.config.ServerConfig.AdminKubeconfig;
import io.kvorum.pki.ServerCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminKubeconfigFileTest {
    @TempDir
    private Path folder;

    private String modeAfterWriting(@Nullable String asked) throws Exception {
        var certificates = ServerCertificates.open(folder.resolve("tls"), InstantSource.system());
        Path file = folder.resolve("etc/k3s.yaml");
        AdminKubeconfigFile.write(
                new AdminKubeconfig(file, asked, null), certificates.serverCaPem(), certificates.admin(), 6443);
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void atFirstItIsTheOwnersAlone() throws Exception {
        assertThat(modeAfterWriting(null)).isEqualTo("rw-------");
    }

    @Test
    void aModeAskedForIsGivenAndStaysWhenTheFlagIsGone() throws Exception {
        assertThat(modeAfterWriting("rw-r--r--")).isEqualTo("rw-r--r--");
        assertThat(modeAfterWriting(null)).isEqualTo("rw-r--r--");
        assertThat(modeAfterWriting("rw-r-----")).isEqualTo("rw-r-----");
    }
}
