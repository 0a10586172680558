package io.kvorum.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Where and of what a measurement was taken; its order is the one it is shown in. */
record Surroundings(Map<String, String> facts) {
    static Surroundings here(Instant now, Path etcd, boolean isSecured, String settings) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", now.truncatedTo(ChronoUnit.MINUTES).toString());
        facts.put("commit", output("git", "describe", "--always", "--dirty"));
        facts.put("etcd", firstLine(output(etcd.toString(), "--version")));
        facts.put("processors", processors());
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("JDK", Runtime.version().toString());
        facts.put("TLS", isSecured ? "mutual, for clients and peers" : "none");
        facts.put("settings", settings);
        facts.put(
                "load average of the machine before",
                read(Path.of("/proc/loadavg")).split(" ")[0]);
        return new Surroundings(facts);
    }

    List<String> lines() {
        return facts.entrySet().stream()
                .map(fact -> "- " + fact.getKey() + ": " + fact.getValue())
                .toList();
    }

    private static String processors() {
        String model = read(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
        return Runtime.getRuntime().availableProcessors() + " x " + model;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(10, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? text.strip() : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
