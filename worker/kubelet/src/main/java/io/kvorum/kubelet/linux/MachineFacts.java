package io.kvorum.kubelet.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What /proc, /sys and /etc say about this machine. Stateless; any thread. */
public final class MachineFacts {
    /** As Kubernetes writes it: amd64, arm64. */
    public String architecture() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }

    public String kernelVersion() {
        return read("/proc/sys/kernel/osrelease").orElse("unknown");
    }

    public String osImage() {
        return read("/etc/os-release").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    public String machineId() {
        return read("/etc/machine-id").orElse("");
    }

    public String systemUuid() {
        return read("/sys/class/dmi/id/product_uuid").orElseGet(this::machineId);
    }

    public String bootId() {
        return read("/proc/sys/kernel/random/boot_id").orElse("");
    }

    public int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    public long memoryBytes() {
        return meminfo("MemTotal:");
    }

    public long memoryAvailableBytes() {
        return meminfo("MemAvailable:");
    }

    /** How many processes the machine may have. */
    public long largestPid() {
        return read("/proc/sys/kernel/pid_max").map(Long::parseLong).orElse(32768L);
    }

    /** How many processes and threads there are. */
    public long processes() {
        return read("/proc/loadavg")
                .map(text -> text.split(" ")[3])
                .map(pair -> Long.parseLong(pair.substring(pair.indexOf('/') + 1)))
                .orElse(0L);
    }

    /** How long the processors have worked since the machine started. */
    public long busyNanos() {
        return read("/proc/stat")
                .map(text -> text.lines().findFirst().orElse("").split("\\s+"))
                .filter(words -> words.length > 8)
                .map(words -> {
                    long ticks = 0;
                    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
                        ticks += Long.parseLong(words[i]);
                    }
                    return ticks * 10_000_000;
                })
                .orElse(0L);
    }

    public long diskBytes(Path folder) {
        try {
            return Files.getFileStore(folder).getTotalSpace();
        } catch (IOException unknown) {
            return 0;
        }
    }

    public long diskAvailableBytes(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException unknown) {
            return 0;
        }
    }

    private static long meminfo(String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .map(Long::parseLong)
                    .findFirst()
                    .map(kibibytes -> kibibytes << 10)
                    .orElse(0L);
        } catch (IOException unknown) {
            return 0;
        }
    }

    /** In one read: the kernel gives some of its files only to the first. */
    private static Optional<String> read(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] buffer = new byte[4096];
            int length = Math.max(0, in.read(buffer));
            return Optional.of(new String(buffer, 0, length, StandardCharsets.UTF_8).strip());
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }
}
