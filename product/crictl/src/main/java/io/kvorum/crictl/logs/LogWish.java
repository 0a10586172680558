package io.kvorum.crictl.logs;

import io.kvorum.cri.logs.LogSource;
import java.time.Instant;
import java.util.Optional;

/** Which part of a log is wanted, and how: an empty value is no limit. */
public record LogWish(
        boolean follow,
        boolean timestamps,
        Optional<Long> tailLines,
        Optional<Long> limitBytes,
        Optional<Instant> since,
        Optional<LogSource> only) {}
