package io.kvorum.network.overlay;

import io.kvorum.network.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Network namespaces {@code a} and {@code b} on one bridge, each with an address of a pod network of its own. */
final class TwoHosts implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final String prefix = "kv" + ProcessHandle.current().pid() + "-";
    private final SortedMap<String, Process> drivers = new TreeMap<>();

    TwoHosts() {
        try {
            ip("netns", "add", prefix + "sw");
            in("sw", "ip", "link", "add", "br0", "type", "bridge");
            in("sw", "ip", "link", "set", "br0", "up");
            host("a", 0);
            host("b", 1);
        } catch (RuntimeException | AssertionError failure) {
            close();
            throw failure;
        }
    }

    private void host(String name, int number) {
        ip("netns", "add", prefix + name);
        in(name, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "to-" + name, "netns", prefix + "sw");
        in("sw", "ip", "link", "set", "to-" + name, "master", "br0", "up");
        in(name, "ip", "link", "set", "lo", "up");
        in(name, "ip", "link", "set", "eth0", "up");
        in(name, "ip", "address", "add", "192.0.2.1" + number + "/24", "dev", "eth0");
        in(name, "ip", "address", "add", "10.42." + number + ".1/24", "dev", "lo");
    }

    static boolean possible() {
        try {
            return Command.of(
                            DEADLINE, "unshare", "--net", "ip", "link", "add", "v0", "type", "vxlan", "id", "1",
                            "dstport", "8472")
                    .run()
                    .succeeded();
        } catch (RuntimeException missing) {
            return false;
        }
    }

    /** Starts the host's overlay; an earlier one ends, as with a new start of the node. */
    void drive(String host, OverlayConfig.Backend backend, String address) {
        Process earlier = drivers.remove(host);
        if (earlier != null) {
            earlier.destroyForcibly();
        }
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + host));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OverlayDriver.class.getName(),
                backend.name(),
                host,
                address));
        try {
            drivers.put(
                    host,
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start());
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Tells the host's overlay which nodes there are. */
    void tell(String host, String nodes) {
        try {
            var out = drivers.get(host).getOutputStream();
            out.write((nodes + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    String in(String host, String... words) {
        return tryIn(host, words).expect();
    }

    Tried tryIn(String host, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + host));
        command.addAll(List.of(words));
        return new Tried(command, new Command(command, "", DEADLINE).run());
    }

    record Tried(List<String> command, Command.Outcome outcome) {
        String expect() {
            if (!outcome.succeeded()) {
                throw new AssertionError(command + ": " + outcome.output() + outcome.errors());
            }
            return outcome.output();
        }
    }

    private static void ip(String... words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        new Command(command, "", DEADLINE).runOrThrow();
    }

    @Override
    public void close() {
        drivers.values().forEach(Process::destroyForcibly);
        for (String each : List.of("a", "b", "sw")) {
            new Command(List.of("ip", "netns", "delete", prefix + each), "", DEADLINE).run();
        }
    }
}
