package io.kvorum.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's own etcd among the containers. */
class EtcdContainerTest {
    @TempDir
    Path folder;

    private FakeRuntime runtime;
    private Player player;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("server/db/etcd"));
        Files.createDirectories(folder.resolve("server/tls/etcd"));
        Files.writeString(folder.resolve("server/db/etcd/name"), "node-1-0123abcd\n");
        Files.writeString(folder.resolve("server/tls/etcd/client.key"), "key");
        runtime = new FakeRuntime(folder);
        player = new Player(folder, runtime.socket);
    }

    @AfterEach
    void stop() throws Exception {
        runtime.close();
    }

    private String id() {
        return player.out("ps", "-a", "--name", "etcd", "-q").strip();
    }

    @Test
    void itHasTheSameIdEachTime() {
        assertThat(id()).matches("[0-9a-f]{64}").isEqualTo(id());
    }

    @Test
    void filtersApplyToIt() {
        assertThat(player.out("ps", "-aq", "--name", "^web$")).isEmpty();
        assertThat(player.out("ps", "-aq", "--state", "created")).isEmpty();
        assertThat(player.out("ps", "-aq", "--label", "component=etcd")).isNotEmpty();
        assertThat(player.out("ps", "-aq", "--label", "component=other")).isEmpty();
        assertThat(player.out("ps", "-aq", "--image", "kvorum-etcd")).isNotEmpty();
        String pod = player.out("pods", "-q", "--name", "etcd-node-1").strip();
        assertThat(player.out("ps", "-aq", "--pod", pod)).isNotEmpty();
        assertThat(player.out("ps", "-aq", "--pod", "0")).isEmpty();
        assertThat(player.out("ps", "-a", "-o", "json")).contains("\"name\": \"etcd\"");
        assertThat(player.out("ps", "-a"))
                .contains("kvorum-etcd")
                .contains("etcd-node-1")
                .contains("kube-system");
    }

    @Test
    void etcdctlRunsInItAndNothingElseDoes() {
        assertThat(player.out("exec", id(), "etcdctl", "version")).contains("etcdctl version");
        assertThat(player.out("exec", id().substring(0, 13), "/usr/local/bin/etcdctl", "version"))
                .contains("etcdctl version");
        assertThat(player.out("exec", "--state", "exited", "-q", "etcdctl", "version"))
                .contains("etcdctl version");
        Player.Result other = player.run("exec", "-it", id(), "sh");
        assertThat(other.exitCode()).isEqualTo(126);
        assertThat(other.err())
                .isEqualTo("ERRO[0000] etcd runs inside the server's process; only etcdctl can be run in it,"
                        + " not \"sh\"\n");
    }

    @Test
    void whatEtcdctlSaysIsNotSaidAgain() {
        Player.Result result = player.run("exec", id(), "etcdctl", "nonsense");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("Error: unknown command \"nonsense\"")
                .doesNotContain("ERRO");
    }

    @Test
    void itCanBeInspectedButNotStoppedOrRemoved() {
        assertThat(player.out("inspect", id())).contains("\"member\": \"node-1-0123abcd\"");
        String pod = player.out("pods", "-q").strip();
        assertThat(player.out("inspectp", pod)).contains("\"namespace\": \"kube-system\"");
        assertThat(player.run("stop", id()).err()).contains("cannot be stopped alone", "systemctl stop k3s");
        assertThat(player.run("rm", "-f", id()).err()).contains("cannot be removed alone");
        assertThat(player.run("rmp", "-f", pod).err()).contains("cannot be removed alone");
        assertThat(player.run("logs", id()).err()).contains("journalctl -u k3s");
        assertThat(player.out("stop", "--all")).isEqualTo("No running containers found.\n");
        assertThat(runtime.acts).isEmpty();
    }

    @Test
    void theBeginningOfAnIdMustNotMeanTwoContainers() {
        String prefix = id().substring(0, 4);
        runtime.containers.add(Container.newBuilder()
                .setId(prefix + "0".repeat(60))
                .setState(ContainerState.CONTAINER_RUNNING)
                .build());

        assertThat(player.run("exec", prefix, "etcdctl", "version").err())
                .isEqualTo("ERRO[0000] several containers have ids that begin with %s\n".formatted(prefix));
    }

    @Test
    void itIsThereWhileTheRuntimeIsDown() throws Exception {
        String id = id();
        Player alone = new Player(folder, folder.resolve("nowhere.sock"));

        Player.Result result = alone.run("ps", "-aq", "--name", "etcd");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo(id + "\n");
        assertThat(result.err()).startsWith("WARN[0000] cannot connect to the container runtime");
        assertThat(alone.out("exec", id, "etcdctl", "version")).contains("etcdctl version");
    }

    @Test
    void aNodeWithoutEtcdShowsNone() throws Exception {
        Files.delete(folder.resolve("server/tls/etcd/client.key"));

        assertThat(player.out("ps", "-aq")).isEmpty();
    }
}
