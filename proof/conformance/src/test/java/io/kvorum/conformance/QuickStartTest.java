package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells a newcomer to type first, in the form for a small machine. */
final class QuickStartTest {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    @TempDir
    private Path folder;

    private final Pages pages = Pages.read(List.of(Lab.repository().resolve("README.md")), "");

    @Test
    void oneCommandBringsANewcomerToARunningPod() throws IOException {
        // the distribution is built already, by whatever runs this test
        Path maven = Files.writeString(folder.resolve("mvn"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
        Path tools = Lab.repository().resolve("dist/target/kvorum/bin");
        var shell = new Shell()
                .with("JAVA_HOME", System.getProperty("java.home"))
                .with("LAB_NAME", "quick")
                .with("LAB_SUBNET", "10.96.0")
                .with("LAB_DIR", folder.resolve("lab").toString())
                .with("PATH", folder + ":" + tools + ":" + System.getenv("PATH"));
        Shell.Outcome check = shell.run(
                LIMIT, List.of(Lab.repository().resolve("proof/lab/lab").toString(), "check"));
        assumeTrue(check.exitCode() != 77, () -> check.err().strip());

        type(shell, pages.take("./quickstart down", Map.of()));
        try {
            String said = type(shell, pages.take("./quickstart one", Map.of()));
            assertThat(said).contains("Welcome to nginx!", "deployment.apps/hello created", "How to go on");
            assertThat(type(
                            shell,
                            pages.take("export KUBECONFIG=$(./dev kubeconfig)", Map.of()) + "\n"
                                    + pages.take("kubectl get pods -A", Map.of())))
                    .containsPattern("default +web +1/1 +Running");
        } finally {
            assertThat(type(shell, pages.take("./quickstart down", Map.of()))).contains("everything is down");
        }
        assertThat(folder.resolve("lab")).doesNotExist();
    }

    private static String type(Shell shell, String command) {
        return shell.run(LIMIT, List.of("bash", "-ec", "cd " + Lab.repository() + "; " + command))
                .expectSuccess();
    }
}
