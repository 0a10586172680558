package io.kvorum.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.runtime.ContainerMetadata;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.ContainerStatusResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container's log, as the runtime wrote it. */
class LogsTest {
    @TempDir
    Path folder;

    private FakeRuntime runtime;
    private Player player;

    @BeforeEach
    void start() throws Exception {
        runtime = new FakeRuntime(folder);
        player = new Player(folder, runtime.socket);
        Files.writeString(folder.resolve("0.log"), "2026-01-01T09:00:00.000000000Z stdout F of before\n");
        Path log = Files.writeString(folder.resolve("1.log"), """
                2026-01-01T10:00:00.000000000Z stdout F one
                2026-01-01T10:00:01.000000000Z stderr F bad
                2026-01-01T10:00:02.000000000Z stdout P half a
                2026-01-01T10:00:03.000000000Z stdout F  line
                """);
        runtime.statuses.add(ContainerStatusResponse.newBuilder()
                .setStatus(ContainerStatus.newBuilder()
                        .setId("c")
                        .setMetadata(
                                ContainerMetadata.newBuilder().setName("web").setAttempt(1))
                        .setState(ContainerState.CONTAINER_EXITED)
                        .setLogPath(log.toString()))
                .build());
    }

    @AfterEach
    void stop() throws Exception {
        runtime.close();
    }

    @Test
    void outputAndErrorsGoWhereTheContainerSentThem() {
        Player.Result result = player.run("logs", "c");

        assertThat(result.out()).isEqualTo("one\nhalf a line\n");
        assertThat(result.err()).isEqualTo("bad\n");
        assertThat(player.run("logs", "--stream=stderr", "c").out()).isEmpty();
    }

    @Test
    void followingEndsWithTheContainer() {
        assertThat(player.out("logs", "-f", "c")).isEqualTo("one\nhalf a line\n");
    }

    @Test
    void aPartOfTheLogCanBeAskedFor() {
        assertThat(player.out("logs", "--tail", "2", "c")).isEqualTo("half a line\n");
        assertThat(player.out("logs", "--tail=0", "c")).isEmpty();
        assertThat(player.out("logs", "--limit-bytes", "6", "c")).isEqualTo("one\n");
        assertThat(player.out("logs", "--since", "2026-01-01T10:00:03Z", "c")).isEqualTo(" line\n");
        assertThat(player.out("logs", "--since", "10m", "c")).isEmpty();
        assertThat(player.out("logs", "-t", "--tail", "1", "c")).isEqualTo("2026-01-01T10:00:03.000000000Z  line\n");
        assertThat(player.run("logs", "--since", "soon", "c").err()).contains("--since takes a time");
    }

    @Test
    void theLogOfTheContainerBeforeIsBesideIt() {
        assertThat(player.out("logs", "-p", "c")).isEqualTo("of before\n");
    }
}
