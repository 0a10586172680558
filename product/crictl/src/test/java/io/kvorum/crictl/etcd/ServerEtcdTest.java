package io.kvorum.crictl.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.runtime.ContainerState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerEtcdTest {
    @TempDir
    Path folder;

    @BeforeEach
    void fill() throws Exception {
        Files.createDirectories(folder.resolve("server/db/etcd"));
        Files.createDirectories(folder.resolve("server/tls/etcd"));
        Files.writeString(folder.resolve("server/db/etcd/name"), "n1-0123abcd\n");
        Files.writeString(folder.resolve("server/tls/etcd/client.key"), "key");
    }

    @Test
    void itRunsWhileItsPortAnswers() throws Exception {
        int port;
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = door.getLocalPort();
            assertThat(ServerEtcd.find(folder, port).orElseThrow().container().getState())
                    .isEqualTo(ContainerState.CONTAINER_RUNNING);
        }
        assertThat(ServerEtcd.find(folder, port).orElseThrow().container().getState())
                .isEqualTo(ContainerState.CONTAINER_EXITED);
    }

    @Test
    void theServersCertificatesAreUsedUnlessTheCallerNamesOthers() {
        ServerEtcd etcd = ServerEtcd.find(folder, 1).orElseThrow();
        Path tls = folder.resolve("server/tls/etcd");

        assertThat(etcd.preset(Map.of("HOME", "/root")))
                .containsEntry("HOME", "/root")
                .containsEntry("ETCDCTL_ENDPOINTS", "https://127.0.0.1:2379")
                .containsEntry("ETCDCTL_CACERT", tls + "/server-ca.crt")
                .containsEntry("ETCDCTL_CERT", tls + "/client.crt")
                .containsEntry("ETCDCTL_KEY", tls + "/client.key");
        assertThat(etcd.preset(Map.of("ETCDCTL_CERT", "/mine", "ETCDCTL_ENDPOINTS", "x")))
                .containsEntry("ETCDCTL_CERT", "/mine")
                .containsEntry("ETCDCTL_ENDPOINTS", "x")
                .doesNotContainKey("ETCDCTL_KEY");
    }

    @Test
    void theServerIsWhoHoldsTheLock() {
        List<String> locks = List.of(
                "1: FLOCK  ADVISORY  WRITE 12 00:1a:77 0 EOF",
                "2: POSIX  ADVISORY  WRITE 4711 fd:01:1234 0 EOF",
                "3: POSIX  ADVISORY  READ  9 fd:01:1234 0 EOF");

        assertThat(ServerProcess.holder(locks, "1234")).isEqualTo(Optional.of(4711L));
        assertThat(ServerProcess.holder(locks, "12")).isEmpty();
    }
}
