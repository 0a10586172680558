package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.kubelet.probe.Checks;
import io.kvorum.kubelet.probe.ContainerProbes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The probes of one pod's running containers; what they find becomes notes. Only the thread of that pod's life. */
final class PodProbes {
    private final PodEvents events;
    private final Checks checks;
    private final NoteSender news;
    private final Map<String, ContainerProbes> byContainerId = new HashMap<>();

    PodProbes(PodEvents events, Checks checks, NoteSender news) {
        this.events = events;
        this.checks = checks;
        this.news = news;
    }

    void begin(Pod pod, Checks.Subject subject, boolean alreadyStarted) {
        ContainerProbes fresh = new ContainerProbes(checks, subject, new Findings(pod, subject));
        byContainerId.put(subject.containerId(), fresh);
        fresh.begin(alreadyStarted);
    }

    void end(String containerId) {
        Optional.ofNullable(byContainerId.remove(containerId)).ifPresent(ContainerProbes::close);
    }

    /** Ends the probes of containers that do not run any more. */
    void endAllBut(PodObservation observed) {
        byContainerId.entrySet().removeIf(probed -> {
            boolean gone = observed.containers().stream()
                    .noneMatch(each -> each.id().equals(probed.getKey()) && each.isRunning());
            if (gone) {
                probed.getValue().close();
            }
            return gone;
        });
    }

    void close() {
        byContainerId.values().forEach(ContainerProbes::close);
    }

    /** Told from the probes' threads. */
    private final class Findings implements ContainerProbes.Listener {
        private final Pod pod;
        private final String id;
        private final String name;

        Findings(Pod pod, Checks.Subject subject) {
            this.pod = pod;
            this.id = subject.containerId();
            this.name = subject.container().getName();
        }

        @Override
        public void started() {
            news.about(id, name, old -> old.withStarted(true));
        }

        @Override
        public void ready(boolean ready) {
            news.about(id, name, old -> old.withReady(ready));
        }

        @Override
        public void failed(String kind, Optional<Duration> grace) {
            String message = "Container %s failed %s probe, will be restarted".formatted(name, kind);
            news.about(id, name, old -> old.withFailure(new ContainerNote.Failure(message, grace)));
        }

        @Override
        public void unhealthy(String message) {
            events.warning(pod, Optional.of(name), "Unhealthy", message);
        }
    }
}
