package io.kvorum.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerMetadata;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.crictl.stream.StreamingServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands in containers. */
@Timeout(30)
class ExecTest {
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

    @Test
    void inputGoesThroughTheCommandAndItsEndToo() throws Exception {
        try (StreamingServer server = new StreamingServer(0, true)) {
            runtime.streamUrl = server.url();

            assertThat(player.typing("hello\n").out("exec", "-i", "c", "cat", "-n", "--name", "x"))
                    .isEqualTo("HELLO\n");
            assertThat(runtime.acts).containsExactly("exec c [cat, -n, --name, x]");
        }
    }

    @Test
    void theCommandsExitCodeIsOurs() throws Exception {
        try (StreamingServer server = new StreamingServer(7, false)) {
            runtime.streamUrl = server.url();

            Player.Result result = player.run("exec", "c", "false");

            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.err()).endsWith("command terminated with exit code 7\n");
        }
    }

    @Test
    void containersCanBeChosenInsteadOfNamed() throws Exception {
        runtime.containers.add(Container.newBuilder()
                .setId("abc")
                .setMetadata(ContainerMetadata.newBuilder().setName("web"))
                .setState(ContainerState.CONTAINER_RUNNING)
                .build());
        try (StreamingServer server = new StreamingServer(0, false)) {
            runtime.streamUrl = server.url();

            assertThat(player.out("exec", "--name", "we", "ls", "-l")).startsWith("abc:\n");
            assertThat(runtime.acts).containsExactly("exec abc [ls, -l]");
        }
        assertThat(player.run("exec", "--name", "nothing", "ls").err()).contains("No containers found per filter");
    }

    @Test
    void aTerminalNeedsInput() {
        assertThat(player.run("exec", "-t", "c", "sh").err()).contains("--tty needs --interactive");
        assertThat(player.run("exec", "c").err()).contains("exec needs a CONTAINER-ID and a COMMAND");
    }
}
