package io.kvorum.kubelet.server;

import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the logs of running containers within their bounds. One thread calls it again and again. */
public final class LogRotation {
    private static final Logger LOG = LoggerFactory.getLogger(LogRotation.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final CriClient cri;
    private final long mostBytes;
    private final int mostFiles;
    private final InstantSource clock;

    public LogRotation(CriClient cri, long mostBytes, int mostFiles, InstantSource clock) {
        this.cri = cri;
        this.mostBytes = mostBytes;
        this.mostFiles = mostFiles;
        this.clock = clock;
    }

    public void rotate() {
        try {
            for (Container container : cri.listContainers(Map.of())) {
                if (container.getState() == ContainerState.CONTAINER_RUNNING) {
                    cri.containerStatus(container.getId())
                            .ifPresent(status -> rotate(container.getId(), status.getLogPath()));
                }
            }
        } catch (CriException down) {
            LOG.atDebug().addKeyValue("why", down.getMessage()).log("logs cannot be rotated now");
        }
    }

    private void rotate(String id, String path) {
        Path log = Path.of(path);
        try {
            if (path.isEmpty() || !Files.exists(log) || Files.size(log) < mostBytes) {
                return;
            }
            Files.move(log, log.resolveSibling(log.getFileName() + "." + STAMP.format(clock.instant())));
            cri.reopenContainerLog(id);
            dropOldest(log);
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("log", log).setCause(failure).log("container log cannot be rotated");
        }
    }

    private void dropOldest(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log.getParent())) {
            List<Path> rotated = files.filter(
                            file -> file.getFileName().toString().startsWith(log.getFileName() + "."))
                    .sorted(java.util.Comparator.reverseOrder())
                    .toList();
            for (Path old : rotated.stream().skip(Math.max(0, mostFiles - 1)).toList()) {
                Files.deleteIfExists(old);
            }
        }
    }
}
