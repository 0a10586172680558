package io.kvorum.crictl.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the process that holds the lock of a data folder, which is the server. */
final class ServerProcess {
    /** {@code 1: POSIX  ADVISORY  WRITE 4711 fd:01:1234567 0 EOF}: the process, then the file's inode. */
    private static final Pattern LOCK = Pattern.compile("WRITE (\\d+) [0-9a-f]+:[0-9a-f]+:(\\d+) ");

    private ServerProcess() {}

    /** When it began; empty if that cannot be told. */
    static Optional<Instant> startOf(Path dataFolder) {
        try {
            String inode = String.valueOf(Files.getAttribute(dataFolder.resolve("lock"), "unix:ino"));
            return holder(Files.readAllLines(Path.of("/proc/locks")), inode)
                    .flatMap(ProcessHandle::of)
                    .flatMap(each -> each.info().startInstant());
        } catch (IOException | UnsupportedOperationException unknown) {
            return Optional.empty();
        }
    }

    static Optional<Long> holder(List<String> locks, String inode) {
        return locks.stream()
                .map(LOCK::matcher)
                .filter(Matcher::find)
                .filter(each -> each.group(2).equals(inode))
                .map(each -> Long.parseLong(each.group(1)))
                .filter(pid -> pid > 0)
                .findFirst();
    }
}
