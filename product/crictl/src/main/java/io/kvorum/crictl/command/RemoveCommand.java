package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code rm}: removes containers and their logs. */
@Command(name = "rm", customSynopsis = "CONTAINER-ID [CONTAINER-ID...]", description = "Remove one or more containers")
final class RemoveCommand extends Act {
    @Option(
            names = {"-f", "--force"},
            description = "Force removal of the container, disregarding if running")
    private boolean force;

    @Option(
            names = {"-k", "--keep-logs"},
            description = "Preserve the container log file and its rotations")
    private boolean keepLogs;

    @Option(
            names = {"-a", "--all"},
            description = "Remove all containers")
    private boolean all;

    RemoveCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        List<String> ids = all
                ? session.runtime().listContainers(Map.of()).stream()
                        .map(Container::getId)
                        .toList()
                : ids();
        if (ids.isEmpty()) {
            session.notices().information("No containers to remove");
        }
        forEach(ids, this::remove);
    }

    private void remove(String id) {
        etcdNamed(id).ifPresent(etcd -> {
            throw etcd.refusal("removed");
        });
        ContainerStatus status = session.runtime().containerStatus(id).orElseThrow(() -> noSuch("container", id));
        if (status.getState() == ContainerState.CONTAINER_RUNNING) {
            demand(force, "container \"%s\" is running, please stop it first".formatted(id));
            session.runtime().stopContainer(id, Duration.ZERO);
        }
        session.runtime().removeContainer(id);
        session.out().println(id);
        if (!keepLogs && !status.getLogPath().isEmpty()) {
            removeLogs(Path.of(status.getLogPath()));
        }
    }

    private static void removeLogs(Path log) {
        Path folder = log.getParent();
        Path name = log.getFileName();
        if (folder == null || name == null || !Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, name + "*")) {
            for (Path each : logs) {
                Files.delete(each);
            }
        } catch (IOException failure) {
            throw new Failure("the container is removed, but not its log %s: %s".formatted(log, failure.getMessage()));
        }
    }
}
