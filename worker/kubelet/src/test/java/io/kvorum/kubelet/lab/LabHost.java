package io.kvorum.kubelet.lab;

import io.kvorum.network.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One test host of a lab of its own, with images and keys; made by the {@code lab} tool. */
final class LabHost implements AutoCloseable {
    static final String SUBNET = "10.86.0";
    static final String ADDRESS = SUBNET + ".11";
    static final String TESTER = SUBNET + ".253";
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Path root;
    private final Path folder;

    LabHost(Path folder) {
        this.root = repository();
        this.folder = folder;
    }

    private static Path repository() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("proof/lab/lab"))) {
            at = at.getParent();
        }
        return at;
    }

    /** Why no lab can run here; empty if one can. */
    String obstacle() {
        Command.Outcome outcome = lab("check").run();
        String programs = Stream.of("containerd", "runc", "gcc", "busybox", "nft")
                .filter(name -> Stream.of("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/")
                        .noneMatch(place -> Files.isExecutable(Path.of(place + name))))
                .reduce("", (all, name) -> all + " " + name);
        return outcome.succeeded() ? programs.strip() : outcome.errors().strip();
    }

    void up() throws IOException {
        // what a run that was killed has left
        lab("down").run();
        lab("up", "1").runOrThrow();
        Path images = Path.of(lab("path", "h1", "/var/lib/rancher").runOrThrow().strip(), "k3s/agent/images");
        Files.createDirectories(images);
        Path source = folder.resolve("pause.c");
        Files.writeString(source, "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n");
        Path pause = folder.resolve("pause");
        run("gcc", "-Os", "-static", "-s", "-o", pause.toString(), source.toString());
        image(
                "--name",
                "registry.local/pause:1",
                "--file",
                pause + ":/pause",
                "--entrypoint",
                "/pause",
                "--out",
                images.resolve("pause.tar").toString());
        image(
                "--name",
                "docker.io/library/busybox:1",
                "--busybox",
                "--cmd",
                "sh",
                "--out",
                images.resolve("busybox.tar").toString());
        run(
                System.getProperty("java.home") + "/bin/keytool",
                "-genkeypair",
                "-keystore",
                keys().toString(),
                "-storepass",
                LabKeys.PASSWORD,
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=kube-apiserver, O=system:masters",
                "-ext",
                "san=ip:" + ADDRESS,
                "-ext",
                "eku=serverAuth,clientAuth",
                "-validity",
                "30");
    }

    Path keys() {
        return folder.resolve("keys.p12");
    }

    private void image(String... words) {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("proof/lab/mkimage").toString()));
        command.addAll(List.of(words));
        run(command.toArray(String[]::new));
    }

    private static void run(String... words) {
        Command.of(DEADLINE, words).runOrThrow();
    }

    void startAgent(String apiUrl) {
        lab(
                        "spawn",
                        "h1",
                        "agent",
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.kvorum.kubelet.lab.LabAgent",
                        ADDRESS,
                        keys().toString(),
                        apiUrl)
                .runOrThrow();
    }

    void killAgent() {
        lab("kill", "h1", "agent", "KILL").runOrThrow();
    }

    String on(String... words) {
        List<String> command = new ArrayList<>(List.of("exec", "h1"));
        command.addAll(List.of(words));
        Command.Outcome outcome = lab(command.toArray(String[]::new)).run();
        return outcome.output() + outcome.errors();
    }

    String agentLog() throws IOException {
        return Files.readString(Path.of(lab("log", "h1", "agent").runOrThrow().strip()));
    }

    private Command lab(String... words) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "LAB_NAME=kub",
                "LAB_SUBNET=" + SUBNET,
                "LAB_DIR=" + folder.resolve("lab"),
                root.resolve("proof/lab/lab").toString()));
        command.addAll(List.of(words));
        return new Command(command, "", DEADLINE);
    }

    @Override
    public void close() {
        lab("down").run();
    }
}
