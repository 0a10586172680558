package io.kvorum.etcdctl.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateKeyFileTest {
    @TempDir
    private Path folder;

    @Test
    void theOlderFormOfEllipticKeysIsRead() throws Exception {
        Path file = folder.resolve("client.key");
        Files.writeString(file, """
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEEIBi4lbUBA/Lryv2D+OaQNoJzmw7v+ugvIot4LYkZElswoAoGCCqGSM49
                AwEHoUQDQgAEs+YBi2e5bJtBA9Ict+TabgjuNq+vGcmVDW+fDFxMBIyYfhzRgp4/
                PMcyCjqGfm9JHqwR2ZxwSWVFwQo8hbByGg==
                -----END EC PRIVATE KEY-----
                """);

        assertThat(PrivateKeyFile.read(file)).isInstanceOf(ECPrivateKey.class);
    }

    @Test
    void aFileWithoutAKeyIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("client.key"), "nothing");

        assertThatThrownBy(() -> PrivateKeyFile.read(file))
                .isInstanceOf(InvalidKeySpecException.class)
                .hasMessageContaining("holds no private key");
    }
}
