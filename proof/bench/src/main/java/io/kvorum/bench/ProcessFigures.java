package io.kvorum.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code /proc} tells about one process. Any thread. */
record ProcessFigures(Path folder) {
    /** The kernel tells times to user space in hundredths, whatever it counts in. */
    private static final double TICKS_A_SECOND = 100;

    static ProcessFigures own() {
        return new ProcessFigures(Path.of("/proc/self"));
    }

    /** User and system time of all threads. */
    double cpuSeconds() {
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }

    long residentBytes() {
        return valueOf(read("status"), "VmRSS:") * 1024;
    }

    /** Bytes sent towards the disk, also those still in the kernel's cache. */
    long writtenBytes() {
        return valueOf(read("io"), "write_bytes:");
    }

    private static long valueOf(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" ")[0])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("a measured process is gone: " + folder, e);
        }
    }
}
