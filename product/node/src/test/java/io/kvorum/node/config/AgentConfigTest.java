package io.kvorum.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {
    @TempDir
    private Path folder;

    @Test
    void serverAndTokenComeFromFlags() {
        AgentConfig config = read(
                List.of("--server", "https://10.0.0.1:6443", "--token", "s3cret", "--node-label", "a=b"), Map.of());

        assertThat(config.server()).isEqualTo(URI.create("https://10.0.0.1:6443"));
        assertThat(config.token().text()).isEqualTo("s3cret");
        assertThat(config.balancerPort()).isEqualTo(6444);
        assertThat(config.node().name()).isEqualTo("box");
        assertThat(config.node().labels()).containsExactly("a=b");
    }

    @Test
    void serverAndTokenComeFromVariablesAndFiles() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "from-file\n");

        AgentConfig config = read(
                List.of(),
                Map.of(
                        "K3S_URL", "https://lb.example:6443",
                        "K3S_TOKEN_FILE", token.toString(),
                        "K3S_LB_SERVER_PORT", "7444"));

        assertThat(config.server()).isEqualTo(URI.create("https://lb.example:6443"));
        assertThat(config.token().text()).isEqualTo("from-file");
        assertThat(config.balancerPort()).isEqualTo(7444);
    }

    @Test
    void aNodeFindsItsServersByItselfUnlessToldOtherwise() {
        List<String> flags = List.of("--server", "https://10.0.0.1:6443", "--token", "s3cret");
        List<String> alone =
                List.of("--server", "https://10.0.0.1:6443", "--token", "s3cret", "--disable-apiserver-lb");

        assertThat(read(flags, Map.of()).isBalanced()).isTrue();
        assertThat(read(alone, Map.of()).isBalanced()).isFalse();
    }

    @Test
    void whatIsMissingIsToldAtOnce() {
        var problems = catchThrowableOfType(ConfigurationProblems.class, () -> read(List.of(), Map.of()));

        assertThat(problems.problems())
                .anyMatch(problem -> problem.contains("--server is required"))
                .anyMatch(problem -> problem.contains("--token is required"));
    }

    @Test
    void theTokenDoesNotShow() {
        assertThat(read(List.of("--server", "https://10.0.0.1:6443", "--token", "s3cret"), Map.of())
                        .toString())
                .doesNotContain("s3cret");
    }

    private AgentConfig read(List<String> arguments, Map<String, String> environment) {
        Settings settings = Settings.merge(
                OptionTable.agent(), arguments, environment, new ConfigurationFiles(folder.resolve("config.yaml")));
        return AgentConfigReader.read(settings, new Machine("box", () -> "192.0.2.7", () -> "0123abcd"));
    }
}
