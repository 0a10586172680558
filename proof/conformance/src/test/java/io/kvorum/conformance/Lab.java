package io.kvorum.conformance;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hosts on this machine, made by proof/lab/lab; one suite at a time. */
final class Lab implements AutoCloseable {
    /** A loaded machine takes its time to boot and to kill what ran. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path root;
    private final String subnet;
    private final Shell shell;

    private Lab(Path root, String name, String subnet) {
        this.root = root;
        this.subnet = subnet;
        this.shell = new Shell().with("LAB_NAME", name).with("LAB_SUBNET", subnet);
    }

    /**
     * Makes the hosts; where the machine cannot, the test is skipped with the reason.
     *
     * @param name and subnet are the suite's own, unless the environment names others, for another lab's sake
     */
    static Lab up(String name, String subnet, int hosts) {
        var lab = new Lab(repository(), environment("LAB_NAME", name), environment("LAB_SUBNET", subnet));
        Shell.Outcome check = lab.lab("check");
        assumeTrue(check.exitCode() != 77, () -> check.err().strip());
        check.expectSuccess();
        lab.lab("down");
        lab.lab("up", Integer.toString(hosts)).expectSuccess();
        return lab;
    }

    static String environment(String variable, String otherwise) {
        String set = System.getenv(variable);
        return set == null ? otherwise : set;
    }

    /**
     * Makes hosts that boot a root file system's own systemd.
     *
     * @param shared folders of this machine that they see under the same paths
     */
    static Lab boot(String name, String subnet, int hosts, Path rootFilesystem, List<Path> shared) {
        var lab = new Lab(repository(), environment("LAB_NAME", name), environment("LAB_SUBNET", subnet));
        lab.shell.with("LAB_SHARE", shared.stream().map(Path::toString).collect(joining(" ")));
        Shell.Outcome check = lab.lab("check");
        assumeTrue(check.exitCode() != 77, () -> check.err().strip());
        check.expectSuccess();
        lab.lab("down");
        lab.lab("up", Integer.toString(hosts), rootFilesystem.toString()).expectSuccess();
        return lab;
    }

    /** The checkout that this test runs in. */
    static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("proof/lab/lab"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "not inside a checkout: " + Path.of("").toAbsolutePath());
        }
        return folder;
    }

    String address(String host) {
        return subnet + "." + (10 + Integer.parseInt(host.substring(1)));
    }

    /** Where this machine sees a file of a running host. */
    Path path(String host, String path) {
        return Path.of(lab("path", host, path).expectSuccess().strip());
    }

    void spawn(String host, String service, List<String> command) {
        List<String> arguments = new ArrayList<>(List.of("spawn", host, service));
        arguments.addAll(command);
        lab(arguments.toArray(String[]::new)).expectSuccess();
    }

    void kill(String host, String service, String signal) {
        lab("kill", host, service, signal).expectSuccess();
    }

    /** Everything on the host ends at once; its disk stays. */
    void powerOff(String host) {
        lab("poweroff", host).expectSuccess();
    }

    void powerOn(String host) {
        lab("poweron", host).expectSuccess();
    }

    /** Drops all traffic between the host and those others, or pulls its cable when there are none. */
    void cut(String host, String... others) {
        change("cut", host, others);
    }

    /** Drops what the host sends to those others, but not what they send to it. */
    void mute(String host, String... others) {
        change("mute", host, others);
    }

    /** Delays what goes in and out, and loses some of it. */
    void slow(String host, int millis, int lossPercent) {
        change("slow", host, Integer.toString(millis), Integer.toString(lossPercent));
    }

    /** Undoes cut, mute and slow. */
    void heal(String host) {
        change("heal", host);
    }

    private void change(String command, String host, String... arguments) {
        List<String> words = new ArrayList<>(List.of(command, host));
        words.addAll(List.of(arguments));
        lab(words.toArray(String[]::new)).expectSuccess();
    }

    /** Gives a running host another address in place of its own, as a new DHCP lease does. */
    void renumber(String host, String from, String to) {
        exec(
                        host,
                        Duration.ofSeconds(10),
                        "sh",
                        "-c",
                        "ip addr del %s/24 dev eth0 && ip addr add %s/24 dev eth0 && ip route replace default via %s.254"
                                .formatted(from, to, subnet))
                .expectSuccess();
    }

    String subnet() {
        return subnet;
    }

    /** Whether the service's first process is there. */
    boolean isRunning(String host, String service) {
        return exec(host, Duration.ofSeconds(10), "sh", "-c", "kill -0 $(cat /run/lab/" + service + ".pid)")
                        .exitCode()
                == 0;
    }

    String log(String host, String service) {
        try {
            return Files.readString(
                    Path.of(lab("log", host, service).expectSuccess().strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Shell.Outcome exec(String host, Duration limit, String... command) {
        List<String> arguments =
                new ArrayList<>(List.of(root.resolve("proof/lab/lab").toString(), "exec", host));
        arguments.addAll(List.of(command));
        return shell.run(limit, arguments);
    }

    private Shell.Outcome lab(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("proof/lab/lab").toString()));
        command.addAll(List.of(arguments));
        return shell.run(LIMIT, command);
    }

    @Override
    public void close() {
        lab("down");
    }
}
