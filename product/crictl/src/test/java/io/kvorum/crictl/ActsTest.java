package io.kvorum.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.ContainerStatusResponse;
import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.ImageSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do to the runtime. */
class ActsTest {
    @TempDir
    Path folder;

    private FakeRuntime runtime;
    private Player player;

    @BeforeEach
    void start() throws Exception {
        runtime = new FakeRuntime(folder);
        player = new Player(folder, runtime.socket);
    }

    @AfterEach
    void stop() throws Exception {
        runtime.close();
    }

    private void has(String id, ContainerState state, String log) {
        runtime.containers.add(Container.newBuilder().setId(id).setState(state).build());
        runtime.statuses.add(ContainerStatusResponse.newBuilder()
                .setStatus(
                        ContainerStatus.newBuilder().setId(id).setState(state).setLogPath(log))
                .build());
    }

    @Test
    void containersAreStoppedOneAfterTheOther() {
        assertThat(player.out("stop", "--timeout", "7", "a", "b")).isEqualTo("a\nb\n");
        assertThat(runtime.acts).containsExactly("stop a within 7", "stop b within 7");
    }

    @Test
    void onlyRunningContainersAreStoppedWithAll() {
        has("up", ContainerState.CONTAINER_RUNNING, "");
        has("down", ContainerState.CONTAINER_EXITED, "");

        assertThat(player.out("stop", "--all")).isEqualTo("up\n");
        assertThat(player.run("stop", "--all", "up").err()).contains("cannot specify CONTAINER-ID(s) when using --all");
    }

    @Test
    void aRunningContainerIsRemovedOnlyByForce() {
        has("up", ContainerState.CONTAINER_RUNNING, "");

        assertThat(player.run("rm", "up").err())
                .isEqualTo("ERRO[0000] container \"up\" is running, please stop it first\n");
        assertThat(runtime.acts).isEmpty();
        assertThat(player.out("rm", "-f", "up")).isEqualTo("up\n");
        assertThat(runtime.acts).containsExactly("stop up within 0", "rm up");
    }

    @Test
    void theLogGoesWithItsContainerUnlessItIsToBeKept() throws Exception {
        Path kept = Files.writeString(folder.resolve("kept.log"), "x");
        Path log = Files.writeString(folder.resolve("0.log"), "x");
        Path rotated = Files.writeString(folder.resolve("0.log.20260101"), "x");
        has("one", ContainerState.CONTAINER_EXITED, kept.toString());
        has("two", ContainerState.CONTAINER_EXITED, log.toString());

        player.out("rm", "-k", "one");
        player.out("rm", "two");

        assertThat(kept).exists();
        assertThat(log).doesNotExist();
        assertThat(rotated).doesNotExist();
    }

    @Test
    void oneFailureDoesNotKeepTheOthersFromBeingDone() {
        has("b", ContainerState.CONTAINER_EXITED, "");

        Player.Result result = player.run("rm", "a", "b");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("ERRO[0000] no such container: a\n");
        assertThat(result.out()).isEqualTo("b\n");
    }

    @Test
    void pruningKeepsImagesThatAreUsedOrPinned() {
        runtime.images.add(image("used", false));
        runtime.images.add(image("idle", false));
        runtime.images.add(image("pinned", true));
        runtime.containers.add(Container.newBuilder()
                .setId("c")
                .setImage(ImageSpec.newBuilder().setImage("sha256:used"))
                .build());

        assertThat(player.out("rmi", "--prune")).isEqualTo("Deleted: example.com/idle:1\n");
        assertThat(runtime.acts).containsExactly("rmi sha256:idle");
    }

    private static Image image(String name, boolean pinned) {
        return Image.newBuilder()
                .setId("sha256:" + name)
                .addRepoTags("example.com/" + name + ":1")
                .setPinned(pinned)
                .build();
    }

    @Test
    void anImageIsPulledWithTheGivenCredentials() {
        assertThat(player.out("pull", "--creds", "me:secret", "-pt", "30s", "nginx"))
                .isEqualTo("Image is up to date for sha256:feed\n");
        assertThat(runtime.acts).containsExactly("pull nginx as me");
        assertThat(player.run("pull", "--creds", "a:b", "--auth", "eA==", "nginx")
                        .err())
                .contains("both `--creds` and `--auth` are specified");
        assertThat(player.run("pull", "-pt", "soon", "nginx").exitCode()).isEqualTo(1);
    }

    @Test
    void aPodAndAContainerAreMadeFromDescriptionsInJsonOrYaml() throws Exception {
        Path pod = Files.writeString(folder.resolve("pod.json"), """
                {"metadata": {"name": "sand", "namespace": "default", "attempt": 1}, "log_directory": "/tmp", "linux": {}}
                """);
        Path container = Files.writeString(folder.resolve("c.yaml"), """
                metadata: {name: box}
                image: {image: busybox}
                command: [sleep, "9"]
                envs: [{key: A, value: "1"}]
                linux: {securityContext: {run_as_user: {value: 1000}}}
                """);

        assertThat(player.out("runp", pod.toString())).isEqualTo("pod1\n");
        assertThat(player.out("create", "pod1", container.toString(), pod.toString()))
                .isEqualTo("new1\n");
        assertThat(player.out("run", "--no-pull", container.toString(), pod.toString()))
                .isEqualTo("new1\n");
        assertThat(runtime.acts)
                .containsExactly(
                        "runp sand in /tmp",
                        "create box of busybox with [A=1] as 1000",
                        "runp sand in /tmp",
                        "create box of busybox with [A=1] as 1000",
                        "start new1");
    }

    @Test
    void aMistakeInADescriptionIsNamedWithItsPlace() throws Exception {
        Path pod = Files.writeString(folder.resolve("pod.yaml"), "metadata: {nam: x}");

        assertThat(player.run("runp", pod.toString()).err()).contains("pod.yaml.metadata: there is no field \"nam\"");
    }

    @Test
    void aSynchronousCommandPassesItsExitCodeOn() {
        Player.Result result = player.run("exec", "-s", "c", "ls", "-l", "--color");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).isEqualTo("ls -l --color");
    }

    @Test
    void theConfigurationFileIsShownAndChanged() throws Exception {
        Path file = folder.resolve("agent/etc/crictl.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "runtime-endpoint: unix://%s\n".formatted(runtime.socket));
        player.without("CONTAINER_RUNTIME_ENDPOINT");

        assertThat(player.out("config", "--get", "runtime-endpoint"))
                .isEqualTo("unix://%s\n".formatted(runtime.socket));
        player.out("config", "--set", "debug=true,timeout=5");
        assertThat(player.out("config", "--list")).contains("timeout                5\n");
        assertThat(player.run("config", "--set", "nothing=1").err()).contains("no configuration option named nothing");
        assertThat(player.run("version").err()).contains("DEBU[0000] the runtime is asked at unix://" + runtime.socket);
    }

    @Test
    void aMissingSocketIsExplained() {
        Player.Result result = player.run("-r", "unix:///nowhere/cri.sock", "ps");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("ERRO[0000] cannot connect to the container runtime at unix:///nowhere/cri.sock:"
                        + " there is no such socket; is the server or agent running?\n");
        assertThat(player.run("-r", "tcp://x", "ps").err()).contains("the endpoint \"tcp://x\" cannot be used");
    }
}
