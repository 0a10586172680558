package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.node.config.ServerConfig.AdminKubeconfig;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstFilesTest {
    private static final String CA = "-----BEGIN CERTIFICATE-----\n";

    @TempDir
    private Path folder;

    @Test
    void theTokenOutlivesARestartAndPinsTheAuthority() throws IOException {
        ServerToken first = JoinToken.ensure(folder, null, CA);
        ServerToken second = JoinToken.ensure(folder, null, CA);

        assertThat(second).isEqualTo(first);
        assertThat(first.caHash()).isEqualTo(ServerToken.hash(CA));
        assertThat(Files.readString(folder.resolve("node-token"))).isEqualTo(first.secureForm() + "\n");
    }

    @Test
    void anotherTokenThanTheClustersIsRefused() {
        JoinToken.ensure(folder, "one", CA);

        assertThatThrownBy(() -> JoinToken.ensure(folder, "two", CA))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("another token");
        assertThat(JoinToken.ensure(folder, "one", CA).hasPassword("one")).isTrue();
    }

    @Test
    void whoCopiesTheTokenOfAgentsDoesNotGetTheServersWhereTheyHaveTheirOwn() throws IOException {
        ServerToken token = JoinToken.ensure(folder, "one", CA);
        JoinToken.showForAgents(folder, null, token);
        assertThat(folder.resolve("agent-token")).isSymbolicLink().hasContent(token.secureForm());

        JoinToken.showForAgents(folder, "of-agents", token);
        assertThat(Files.readString(folder.resolve("agent-token")))
                .isEqualTo("K10%s::node:of-agents\n".formatted(token.caHash()));
        assertThat(folder.resolve("token")).hasContent(token.secureForm());

        JoinToken.showForAgents(folder, null, token);
        assertThat(folder.resolve("agent-token")).isSymbolicLink().hasContent(token.secureForm());
    }

    @Test
    void aTokenFileThatOthersMayReadIsRefused() throws IOException {
        JoinToken.ensure(folder, null, CA);
        Files.setPosixFilePermissions(folder.resolve("token"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> JoinToken.ensure(folder, null, CA))
                .isInstanceOf(PkiException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void theKubeconfigHasTheModeAskedForAndReplacesWhatWasThere() throws IOException {
        ServerCertificates certificates =
                ServerCertificates.open(folder.resolve("tls"), InstantSource.fixed(Instant.EPOCH));
        Path file = folder.resolve("etc/k3s.yaml");
        Files.createDirectories(folder.resolve("etc"));
        Files.writeString(file, "damaged: [");

        AdminKubeconfigFile.write(
                new AdminKubeconfig(file, "rw-r--r--", null), certificates.serverCaPem(), certificates.admin(), 6443);

        assertThat(Files.readString(file)).contains("server: https://127.0.0.1:6443");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aSecondProcessIsKeptOffTheData() throws IOException {
        try (DataFolderLock _ = DataFolderLock.take(folder)) {
            assertThatThrownBy(() -> DataFolderLock.take(folder))
                    .isInstanceOfAny(StartFailure.class, java.nio.channels.OverlappingFileLockException.class);
        }
        DataFolderLock.take(folder).close();
    }
}
