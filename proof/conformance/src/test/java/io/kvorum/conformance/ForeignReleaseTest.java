package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The release for machines of the other architecture, as far as it can be made and tried on this one. */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = {"amd64"},
        disabledReason = "this machine is of the other architecture")
final class ForeignReleaseTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String JAVA = System.getProperty("java.home");

    @TempDir
    private Path folder;

    private Shell.Outcome release(String... more) {
        List<String> command =
                new ArrayList<>(List.of(Lab.repository().resolve("dist/release").toString(), "--arch", "arm64"));
        command.addAll(List.of(more));
        return new Shell().with("JAVA_HOME", JAVA).run(LIMIT, command);
    }

    private String run(String... command) {
        return new Shell()
                .with("JAVA_HOME", JAVA)
                .with("K3S_DATA_DIR", folder.resolve("data").toString())
                .run(LIMIT, List.of(command))
                .expectSuccess();
    }

    @Test
    void itHoldsWhatRunsAnywhereAndSaysWhatItGoesWithout() throws IOException {
        Path out = folder.resolve("release");
        Shell.Outcome made = release("--out", out.toString());
        made.expectSuccess();
        assertThat(made.err())
                .contains(
                        "goes without runtime/bin/java", "goes without tools/kubectl", "goes without images/pause.tar");

        Path stable = out.resolve("download/stable");
        run("sh", "-c", "cd %s; sha256sum -c sha256sum-arm64.txt".formatted(stable));
        String packed = run("sh", "-c", "tar -tzf %s/kvorum-*-linux-arm64.tar.gz".formatted(stable));
        assertThat(packed).contains("./bin/kvorum", "./lib/kvorum.jar").doesNotContain("kvorum.aot", "./runtime/");
        // the one library that is not Java, of which all machines' versions travel together
        assertThat(run(
                        "sh",
                        "-c",
                        "unzip -l %s/org.lmdbjava.native-*.jar"
                                .formatted(Machines.distribution().resolve("lib"))))
                .contains("aarch64-linux-gnu");
        // with a Java of the machine's own it runs, whatever that machine is
        assertThat(run(stable.resolve("k3s-arm64").toString(), "--version")).contains("kvorum");
    }

    @Test
    void aProgramForTheWrongMachineIsNotPacked() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("more/tools"));
        Files.copy(Path.of(JAVA, "bin/java"), tools.resolve("kubectl"));
        assertThat(release(
                                "--out",
                                folder.resolve("release").toString(),
                                "--add",
                                tools.getParent().toString())
                        .expectFailure())
                .contains("tools/kubectl is no program for arm64");
    }

    @Test
    void theInstallScriptAsksForTheProgramOfItsMachine() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        for (String program : List.of("uname", "systemctl")) {
            Path file = Files.writeString(programs.resolve(program), "#!/bin/sh\necho aarch64\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        String said = new Shell()
                .with("PATH", programs + ":" + System.getenv("PATH"))
                .with("GITHUB_URL", folder.resolve("nothing").toString())
                .with("INSTALL_K3S_BIN_DIR", folder.resolve("bin").toString())
                .with("INSTALL_K3S_SYSTEMD_DIR", folder.resolve("units").toString())
                .with("INSTALL_K3S_SKIP_START", "true")
                .with("INSTALL_KVORUM_SKIP_PACKAGES", "true")
                .with("INSTALL_K3S_VERSION", "v1.36.0+kvorum1")
                .run(
                        LIMIT,
                        List.of(
                                "sh",
                                Lab.repository()
                                        .resolve("dist/install/install.sh")
                                        .toString()))
                .expectFailure();
        assertThat(said).contains("sha256sum-arm64.txt");
    }
}
