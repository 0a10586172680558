package io.kvorum.cri.logs;

import java.util.Optional;

/** What a container wrote to. */
public enum LogSource {
    STDOUT,
    STDERR;

    static Optional<LogSource> of(String name) {
        return switch (name) {
            case "stdout" -> Optional.of(STDOUT);
            case "stderr" -> Optional.of(STDERR);
            default -> Optional.empty();
        };
    }
}
