package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.cri.CriException;
import io.kvorum.kubelet.probe.CheckOutcome;
import io.kvorum.kubelet.probe.Checks;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one pod's postStart and preStop hooks, each on a thread of its own. Only the thread of that pod's life. */
final class PodHooks {
    private static final Logger LOG = LoggerFactory.getLogger(PodHooks.class);
    private static final Duration SHORTEST_GRACE = Duration.ofSeconds(2);

    private final PodEnvironment environment;
    private final Checks checks;
    private final NoteSender news;

    PodHooks(PodEnvironment environment, Checks checks, NoteSender news) {
        this.environment = environment;
        this.checks = checks;
        this.news = news;
    }

    /** Runs the hook, if there is one, and then that on the pod's thread; true when it goes on after the return. */
    boolean postStart(Pod pod, Checks.Subject subject, Runnable then) {
        Optional<LifecycleHandler> hook = hook(subject, Lifecycle::getPostStart);
        if (hook.isEmpty()) {
            then.run();
            return false;
        }
        String name = subject.container().getName();
        Thread.ofVirtual().name("poststart-" + name).start(() -> {
            CheckOutcome outcome = run(hook.get(), subject, Optional.empty());
            if (outcome.healthy()) {
                news.about(subject.containerId(), name, old -> {
                    then.run();
                    return old.withBeginning(false);
                });
            } else {
                tell(pod, name, "FailedPostStartHook", "PostStartHook failed", outcome);
                ContainerNote.Failure failure = new ContainerNote.Failure("FailedPostStartHook", Optional.empty());
                news.about(subject.containerId(), name, old -> old.withFailure(failure));
            }
        });
        return true;
    }

    private static Optional<LifecycleHandler> hook(
            Checks.Subject subject, Function<Lifecycle, LifecycleHandler> which) {
        return Optional.ofNullable(subject.container().getLifecycle()).map(which);
    }

    private void tell(Pod pod, String container, String reason, String what, CheckOutcome outcome) {
        String message = outcome.message().isBlank() ? what : what + ": " + outcome.message();
        environment.events().warning(pod, Optional.of(container), reason, message);
    }

    private CheckOutcome run(LifecycleHandler hook, Checks.Subject subject, Optional<Duration> limit) {
        try {
            return checks.run(hook, subject, limit);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return CheckOutcome.unhealthy("interrupted");
        }
    }

    /** Runs the preStop hook within the grace and ends the container with what is left of it. */
    void stop(Pod pod, Action.StopContainer stop, Optional<Checks.Subject> subject) {
        ObservedContainer target = stop.container();
        String name = target.name();
        Optional<LifecycleHandler> hook = subject.flatMap(about -> hook(about, Lifecycle::getPreStop));
        Thread.ofVirtual().name("stop-" + name).start(() -> {
            try {
                Instant start = environment.clock().instant();
                if (hook.isPresent() && subject.isPresent() && !stop.grace().isZero()) {
                    CheckOutcome outcome = run(hook.get(), subject.get(), Optional.of(stop.grace()));
                    if (!outcome.healthy()) {
                        tell(pod, name, "FailedPreStopHook", "PreStopHook failed", outcome);
                    }
                }
                Duration left = stop.grace()
                        .minus(Duration.between(start, environment.clock().instant()));
                boolean tooShort =
                        left.compareTo(SHORTEST_GRACE) < 0 && !stop.grace().isZero();
                environment.cri().stopContainer(target.id(), tooShort ? SHORTEST_GRACE : notNegative(left));
            } catch (CriException failure) {
                LOG.atWarn()
                        .addKeyValue("container", name)
                        .addKeyValue("why", failure.getMessage())
                        .log("container cannot be stopped");
            } finally {
                news.send(name, old -> old.withStopping(Optional.empty()));
            }
        });
    }

    private static Duration notNegative(Duration time) {
        return time.isNegative() ? Duration.ZERO : time;
    }
}
