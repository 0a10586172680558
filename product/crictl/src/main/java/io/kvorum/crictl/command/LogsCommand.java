package io.kvorum.crictl.command;

import io.kvorum.cri.logs.LogSource;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.crictl.logs.LogReader;
import io.kvorum.crictl.logs.LogWish;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command {@code logs}: prints what a container has written. */
@Command(name = "logs", customSynopsis = "CONTAINER-ID", description = "Fetch the logs of a container")
final class LogsCommand extends Act {
    @Option(
            names = {"-f", "--follow"},
            description = "Follow log output")
    private boolean follow;

    @Option(
            names = {"-p", "--previous"},
            description = "Print the logs for the previous instance of the container in a pod if it exists")
    private boolean previous;

    @Option(
            names = {"-r", "--reopen"},
            description = "Reopen the container logs for the provided container")
    private boolean reopen;

    @Option(names = "--tail", description = "Number of lines to show from the end of the logs. Defaults to all")
    private long tail = -1;

    @Option(names = "--limit-bytes", description = "Maximum bytes of logs to return. Defaults to no limit")
    private long limitBytes = -1;

    @Option(
            names = "--since",
            description = "Show logs since timestamp (e.g. 2013-01-02T13:23:37) or relative (e.g. 42m for 42 minutes)")
    private String since = "";

    @Option(
            names = {"-t", "--timestamps"},
            description = "Show timestamps")
    private boolean timestamps;

    @Option(
            names = {"-s", "--stream"},
            description = "Show specified stream (stdout or stderr). Defaults to both.")
    private String stream = "";

    LogsCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        demand(ids().size() == 1, "logs takes one CONTAINER-ID");
        demand(tail < 0 || stream.isEmpty(), "--tail and --stream are mutually exclusive");
        String id = arguments().getFirst();
        LogWish wish = new LogWish(follow, timestamps, limit(tail), limit(limitBytes), since(), only());
        etcdNamed(id).ifPresent(etcd -> {
            throw etcd.noLogOfItsOwn();
        });
        ContainerStatus status = session.runtime().containerStatus(id).orElseThrow(() -> noSuch("container", id));
        if (reopen) {
            session.runtime().reopenContainerLog(status.getId());
            session.notices().information("Container logs reopened");
        }
        Path file = file(status);
        demand(Files.isReadable(file), "the log %s cannot be read; it may have been removed".formatted(file));
        try {
            new LogReader(file, wish, session.out(), session.err()).print(() -> isRunning(status.getId()));
        } catch (IOException failure) {
            throw new Failure("the log %s cannot be read: %s".formatted(file, failure.getMessage()));
        }
    }

    private Path file(ContainerStatus status) {
        demand(!status.getLogPath().isEmpty(), "the container has not set log path");
        Path file = Path.of(status.getLogPath());
        int attempt = status.getMetadata().getAttempt();
        if (!previous) {
            return file;
        }
        demand(
                attempt > 0,
                "previous terminated container %s not found"
                        .formatted(status.getMetadata().getName()));
        return file.resolveSibling((attempt - 1) + ".log");
    }

    private boolean isRunning(String id) {
        return session.runtime()
                .containerStatus(id)
                .map(each -> each.getState() == ContainerState.CONTAINER_RUNNING)
                .orElse(false);
    }

    private static Optional<Long> limit(long given) {
        return given < 0 ? Optional.empty() : Optional.of(given);
    }

    private Optional<LogSource> only() {
        return switch (stream) {
            case "" -> Optional.empty();
            case "stdout" -> Optional.of(LogSource.STDOUT);
            case "stderr" -> Optional.of(LogSource.STDERR);
            default -> throw new Failure("invalid stream \"%s\", must be \"stdout\" or \"stderr\"".formatted(stream));
        };
    }

    private Optional<Instant> since() {
        if (since.isEmpty()) {
            return Optional.empty();
        }
        if (since.matches("\\d+")) {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(since)));
        }
        try {
            return Optional.of(session.clock().instant().minus(Durations.parse(since)));
        } catch (TypeConversionException aTime) {
            return Optional.of(moment());
        }
    }

    /** A time without a zone is meant as this machine's. */
    private Instant moment() {
        try {
            if (since.matches(".*(Z|[+-]\\d\\d:\\d\\d)")) {
                return OffsetDateTime.parse(since).toInstant();
            }
            LocalDateTime local = since.contains("T")
                    ? LocalDateTime.parse(since)
                    : LocalDate.parse(since).atStartOfDay();
            return local.atZone(session.zone()).toInstant();
        } catch (DateTimeException malformed) {
            throw new Failure(
                    "--since takes a time as 2013-01-02T13:23:37Z or a duration as 42m, not \"%s\"".formatted(since));
        }
    }
}
