package io.kvorum.etcdctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EtcdctlTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aFlagWinsOverItsVariableWithoutComplaint() {
        int exitCode = run(
                Map.of("ETCDCTL_ENDPOINTS", "127.0.0.1:1", "ETCDCTL_WRITE_OUT", "json"),
                "--endpoints",
                "127.0.0.1:2",
                "--command-timeout",
                "100ms",
                "--write-out",
                "simple",
                "endpoint",
                "health");

        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString(UTF_8))
                .startsWith("127.0.0.1:2 is unhealthy: failed to commit proposal: context deadline exceeded");
        assertThat(err.toString(UTF_8)).isEqualTo("Error: unhealthy cluster\n");
    }

    @Test
    void aVariableStandsInForAMissingFlag() {
        run(
                Map.of("ETCDCTL_ENDPOINTS", "127.0.0.1:3", "ETCDCTL_COMMAND_TIMEOUT", "100ms"),
                "endpoint",
                "health",
                "-w",
                "fields");

        assertThat(out.toString(UTF_8)).startsWith("\"Endpoint\" : \"127.0.0.1:3\"\n\"Health\" : false\n");
    }

    @Test
    void withoutACommandTheHelpNamesAllOfThem() {
        assertThat(run(Map.of())).isZero();
        assertThat(out.toString(UTF_8)).contains("endpoint health", "snapshot save", "auth status", "--cacert");
    }

    @Test
    void theDebugOutputHidesPasswords() {
        run(
                Map.of(),
                "--debug",
                "--user",
                "root:secret",
                "--command-timeout",
                "100ms",
                "--endpoints",
                "127.0.0.1:1",
                "get",
                "a");

        assertThat(err.toString(UTF_8)).contains("ETCDCTL_USER=root:(hidden)").doesNotContain("secret");
    }

    @Test
    void discoveryIsRefusedByName() {
        assertThat(run(Map.of(), "--discovery-srv", "example.org", "get", "a")).isEqualTo(128);
        assertThat(err.toString(UTF_8)).contains("--discovery-srv is not supported");
    }

    private int run(Map<String, String> environment, String... arguments) {
        return Etcdctl.run(
                arguments,
                environment,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
    }
}
