package io.kvorum.crictl.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.crictl.lab.LabHost.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that people do with a container, on a real containerd. */
class RealContainerdLabTest {
    @TempDir
    static Path folder;

    private static LabHost host;

    @BeforeAll
    static void bringUp() throws IOException {
        LabHost lab = new LabHost(folder);
        String obstacle = lab.obstacle();
        assumeTrue(obstacle.isEmpty(), "no lab here: " + obstacle);
        host = lab;
        host.up();
        Files.writeString(folder.resolve("pod.json"), """
                {"metadata": {"name": "sand", "namespace": "test", "uid": "u1"}, "log_directory": "%s", "linux": {}}
                """.formatted(folder));
        Files.writeString(folder.resolve("box.json"), """
                {"metadata": {"name": "box"}, "image": {"image": "%s"}, "log_path": "box.log", "linux": {},
                 "command": ["sh", "-c", "echo hello; echo trouble >&2; exec sleep 100000"]}
                """.formatted(LabHost.IMAGE));
    }

    @AfterAll
    static void takeDown() {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void aContainerIsMadeLookedIntoAndRemoved() {
        String pod = folder.resolve("pod.json").toString();
        String id = host.crictl("run", "--no-pull", folder.resolve("box.json").toString(), pod)
                .orThrow()
                .strip();

        assertThat(host.crictl("ps").orThrow()).contains(id.substring(0, 13)).contains("Running");
        assertThat(host.crictl("images").orThrow())
                .contains("registry.local/box")
                .contains("MB");
        assertThat(host.crictl("inspect", id.substring(0, 10)).orThrow())
                .contains("\"id\": \"" + id + "\"")
                .contains("\"runtimeSpec\": {");
        assertThat(host.crictl("logs", id)).isEqualTo(new Ended(0, "hello\n", "trouble\n"));
        Ended seven = host.crictl("exec", id, "sh", "-c", "echo in; echo bad >&2; exit 7");
        assertThat(seven.exitCode()).isEqualTo(7);
        assertThat(seven.out()).isEqualTo("in\n");
        assertThat(seven.err()).startsWith("bad\n");
        String input = "many words\n".repeat(20_000);
        assertThat(host.crictlTyping(input, "exec", "-i", id, "cat").orThrow()).isEqualTo(input);
        assertThat(host.crictl("exec", "-s", id, "hostname").exitCode()).isZero();

        assertThat(host.crictl("rm", id).err()).contains("is running, please stop it first");
        host.crictl("stop", id).orThrow();
        host.crictl("rm", id).orThrow();
        assertThat(folder.resolve("box.log")).doesNotExist();
        String podId = host.crictl("pods", "-q", "--name", "sand").orThrow().strip();
        assertThat(host.crictl("rmp", "-f", podId).orThrow())
                .isEqualTo("Stopped sandbox %s\nRemoved sandbox %s\n".formatted(podId, podId));
        assertThat(host.crictl("ps", "-aq").orThrow()).isEmpty();
    }
}
