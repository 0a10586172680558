package io.kvorum.kubelet.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one running container, each on a thread of its own, from its start until {@link #close}. Liveness and
 * readiness wait until the startup probe has succeeded.
 */
public final class ContainerProbes implements AutoCloseable {
    /** Told from the probes' threads; must not block for long. */
    public interface Listener {
        void started();

        void ready(boolean ready);

        /** The container must be restarted; {@code kind} is {@code liveness} or {@code startup}. */
        void failed(String kind, Optional<Duration> grace);

        /** One check failed; for the Unhealthy event. */
        void unhealthy(String message);
    }

    private final Checks checks;
    private final Checks.Subject subject;
    private final Listener listener;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    public ContainerProbes(Checks checks, Checks.Subject subject, Listener listener) {
        this.checks = checks;
        this.subject = subject;
        this.listener = listener;
    }

    /** {@code alreadyStarted} is true for a container that passed its startup probe in an earlier life of the agent. */
    public void begin(boolean alreadyStarted) {
        Container container = subject.container();
        if (container.getStartupProbe() == null || alreadyStarted) {
            listener.started();
            beginRest();
        } else {
            spawn("startup", container.getStartupProbe(), new Verdict() {
                @Override
                public boolean succeeded() {
                    listener.started();
                    beginRest();
                    return false;
                }

                @Override
                public boolean failed() {
                    listener.failed("startup", graceOf(container.getStartupProbe()));
                    return false;
                }
            });
        }
    }

    private void beginRest() {
        Container container = subject.container();
        Probe readiness = container.getReadinessProbe();
        if (readiness == null) {
            listener.ready(true);
        } else {
            spawn("readiness", readiness, new Verdict() {
                @Override
                public boolean succeeded() {
                    listener.ready(true);
                    return true;
                }

                @Override
                public boolean failed() {
                    listener.ready(false);
                    return true;
                }
            });
        }
        Probe liveness = container.getLivenessProbe();
        if (liveness != null) {
            spawn("liveness", liveness, new Verdict() {
                @Override
                public boolean succeeded() {
                    return true;
                }

                @Override
                public boolean failed() {
                    listener.failed("liveness", graceOf(liveness));
                    return false;
                }
            });
        }
    }

    private static Optional<Duration> graceOf(Probe probe) {
        return Optional.ofNullable(probe.getTerminationGracePeriodSeconds()).map(Duration::ofSeconds);
    }

    /** What a threshold being reached means; false ends the probe. */
    private interface Verdict {
        boolean succeeded();

        boolean failed();
    }

    private synchronized void spawn(String kind, Probe probe, Verdict verdict) {
        if (!closed) {
            threads.add(Thread.ofVirtual()
                    .name(kind + "-" + subject.container().getName())
                    .start(() -> loop(kind, probe, verdict)));
        }
    }

    private void loop(String kind, Probe probe, Verdict verdict) {
        int needed = atLeastOne(probe.getSuccessThreshold(), 1);
        int tolerated = atLeastOne(probe.getFailureThreshold(), 3);
        int successes = 0;
        int failures = 0;
        boolean known = false;
        boolean healthy = false;
        try {
            Thread.sleep(Duration.ofSeconds(
                    Optional.ofNullable(probe.getInitialDelaySeconds()).orElse(0)));
            while (!closed) {
                CheckOutcome outcome = checks.run(probe, subject);
                if (closed) {
                    return;
                }
                successes = outcome.healthy() ? successes + 1 : 0;
                failures = outcome.healthy() ? 0 : failures + 1;
                if (!outcome.healthy()) {
                    listener.unhealthy("%s%s probe failed: %s"
                            .formatted(Character.toUpperCase(kind.charAt(0)), kind.substring(1), outcome.message()));
                }
                if (successes >= needed && !(known && healthy)) {
                    known = true;
                    healthy = true;
                    if (!verdict.succeeded()) {
                        return;
                    }
                } else if (failures >= tolerated && (!known || healthy)) {
                    known = true;
                    healthy = false;
                    if (!verdict.failed()) {
                        return;
                    }
                }
                Duration period = Duration.ofSeconds(atLeastOne(probe.getPeriodSeconds(), 10));
                Thread.sleep(period);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static int atLeastOne(@Nullable Integer value, int usual) {
        return value == null || value < 1 ? usual : value;
    }

    @Override
    public synchronized void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
