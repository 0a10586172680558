package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kvorum.cri.CriException;
import io.kvorum.kubelet.desired.PodRef;
import io.kvorum.kubelet.desired.SetupFailed;
import io.kvorum.kubelet.image.ImageAnswer;
import io.kvorum.kubelet.image.ImagePulls;
import io.kvorum.kubelet.probe.Checks;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pod's life on this node: observe, plan, act, report, wait; on a thread of its own, which alone touches the notes.
 * {@link #desire}, {@link #vanish} and {@link #poke} are called from anywhere and never block.
 */
final class PodLife {
    private static final Logger LOG = LoggerFactory.getLogger(PodLife.class);
    private static final Duration REFRESH = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_SETUP_RETRY = Duration.ofMinutes(2);
    private static final int MOST_ROUNDS = 20;

    /** News for the life's thread; {@code change} is of the note of that container. */
    private record News(String container, UnaryOperator<ContainerNote> change) {}

    private static final News POKE = new News(PodPlan.WHOLE_POD, UnaryOperator.identity());

    private final PodEnvironment environment;
    private final PodRef ref;
    private final RuntimeView runtime;
    private final StatusPublisher publisher;
    private final PodActs acts;
    private final PodProbes probes;
    private final PodHooks hooks;
    private final BackoffNews backoffs;
    /** When it is full the oldest news wait in their senders, for at most 5 s; the slow relist repairs what is lost. */
    private final BlockingQueue<News> inbox = new ArrayBlockingQueue<>(256);

    private final Map<String, ContainerNote> notes = new HashMap<>();
    private volatile Pod desired;
    private volatile boolean vanished;
    private volatile boolean stopped;
    private Optional<PodStatusView.Ending> ending = Optional.empty();
    private Optional<Instant> vanishedAt = Optional.empty();
    private Instant refreshed = Instant.EPOCH;
    private int setupFailures;
    private boolean concluded;

    PodLife(PodEnvironment environment, Pod desired, RuntimeView runtime, StatusPublisher publisher) {
        this.environment = environment;
        this.desired = desired;
        this.ref = PodRef.of(desired);
        this.runtime = runtime;
        this.publisher = publisher;
        this.acts = new PodActs(environment, ref);
        this.backoffs = new BackoffNews(environment.events());
        Checks checks = new Checks(environment.cri());
        this.probes = new PodProbes(environment.events(), checks, this::send);
        this.hooks = new PodHooks(environment, checks, this::send);
    }

    void desire(Pod pod) {
        desired = pod;
        poke();
    }

    /** The object is gone from the API. */
    void vanish() {
        vanished = true;
        poke();
    }

    void poke() {
        inbox.offer(POKE);
    }

    /** Ends the thread and nothing else: containers go on. */
    void leave() {
        stopped = true;
        poke();
    }

    /** Lives until the pod is gone or {@link #leave}; true if the pod is gone. */
    boolean live() {
        while (!stopped) {
            Optional<Instant> wakeAt = Optional.empty();
            try {
                wakeAt = step();
                if (isOver()) {
                    publisher.forget(ref.uid());
                    return true;
                }
            } catch (CriException failure) {
                LOG.atWarn()
                        .addKeyValue("pod", ref.name())
                        .addKeyValue("why", failure.getMessage())
                        .log("pod step failed");
                wakeAt = Optional.of(environment.clock().instant().plus(RETRY));
            } catch (RuntimeException failure) {
                LOG.atError().addKeyValue("pod", ref.name()).setCause(failure).log("pod step failed");
                wakeAt = Optional.of(environment.clock().instant().plus(RETRY.multipliedBy(5)));
            }
            awaitNews(wakeAt);
        }
        probes.close();
        return false;
    }

    private boolean isOver() {
        return concluded && vanished;
    }

    private void awaitNews(Optional<Instant> wakeAt) {
        Instant now = environment.clock().instant();
        Duration wait = wakeAt.map(at -> Duration.between(now, at))
                .filter(time -> time.compareTo(REFRESH) < 0)
                .orElse(REFRESH);
        try {
            News news = inbox.poll(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
            while (news != null) {
                note(news.container(), news.change());
                news = inbox.poll();
            }
        } catch (InterruptedException interrupted) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }

    /** Observes, reports, plans and acts until there is nothing to do at this moment; when to look again. */
    private Optional<Instant> step() {
        for (int round = 0; round < MOST_ROUNDS && !stopped; round++) {
            Pod pod = desired;
            PodObservation observed = runtime.observe(ref.uid());
            adopt(pod, observed);
            PodPlan.Situation situation = situation(pod, observed);
            report(situation);
            refreshVolumes(situation);
            PodPlan plan = PodPlan.of(situation);
            if (concluded || plan.actions().isEmpty()) {
                return plan.wakeAt();
            }
            for (Action action : plan.actions()) {
                act(action, situation);
            }
        }
        return Optional.of(environment.clock().instant().plus(RETRY));
    }

    private PodPlan.Situation situation(Pod pod, PodObservation observed) {
        Instant now = environment.clock().instant();
        return new PodPlan.Situation(pod, observed, Map.copyOf(notes), intent(pod, now), now);
    }

    private Intent intent(Pod pod, Instant now) {
        if (vanished || pod.getMetadata().getDeletionTimestamp() != null) {
            Duration grace = Optional.ofNullable(pod.getMetadata().getDeletionGracePeriodSeconds())
                    .map(Duration::ofSeconds)
                    .orElseGet(() -> PodPlan.graceOf(pod));
            return new Intent.Delete(grace, deletedAt(pod, grace, now));
        }
        PodStatus status = pod.getStatus();
        boolean over = status != null && ("Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase()));
        if (over && ending.isEmpty() && status.getReason() != null && "Failed".equals(status.getPhase())) {
            ending = Optional.of(new PodStatusView.Ending(
                    status.getReason(), Optional.ofNullable(status.getMessage()).orElse("")));
        }
        if (ending.isEmpty() && !over && deadlinePassed(pod, now)) {
            String message = "Pod was active on the node longer than the specified deadline";
            ending = Optional.of(new PodStatusView.Ending("DeadlineExceeded", message));
            environment.events().normal(pod, Optional.empty(), "DeadlineExceeded", message);
        }
        return over || ending.isPresent() ? new Intent.Finish(PodPlan.graceOf(pod), now) : new Intent.Run();
    }

    /** When the deletion was asked for: a restarted agent does not grant the time again. */
    private Instant deletedAt(Pod pod, Duration grace, Instant now) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            Instant asked =
                    Instant.parse(pod.getMetadata().getDeletionTimestamp()).minus(grace);
            return asked.isAfter(now) ? now : asked;
        }
        Instant since = vanishedAt.orElse(now);
        vanishedAt = Optional.of(since);
        return since;
    }

    private static boolean deadlinePassed(Pod pod, Instant now) {
        Long seconds = pod.getSpec().getActiveDeadlineSeconds();
        return seconds != null
                && pod.getStatus() != null
                && pod.getStatus().getStartTime() != null
                && Instant.parse(pod.getStatus().getStartTime())
                        .plusSeconds(seconds)
                        .isBefore(now);
    }

    private void report(PodPlan.Situation situation) {
        // A pod may also be ended, by its deadline, before any container of it was made; that must be told.
        boolean forgotten = !(situation.intent() instanceof Intent.Run)
                && ending.isEmpty()
                && situation.observed().containers().isEmpty();
        if (!vanished
                && !concluded
                && !forgotten
                && !situation.pod().getSpec().getContainers().isEmpty()) {
            PodStatus status = status(situation);
            publisher.publish(situation.pod(), status);
            backoffs.tell(situation.pod(), status);
        }
    }

    private PodStatus status(PodPlan.Situation situation) {
        return new PodStatusView(situation, environment.config().identity().address(), ending).compute();
    }

    private void refreshVolumes(PodPlan.Situation situation) {
        Instant now = situation.now();
        boolean due = refreshed.plus(REFRESH).isBefore(now);
        if (due
                && situation.intent() instanceof Intent.Run
                && !situation.observed().containers().isEmpty()) {
            refreshed = now;
            situation.observed().currentSandbox().ifPresent(sandbox -> {
                try {
                    acts.refreshVolumes(situation.pod(), acts.addressesOf(situation.pod(), sandbox));
                } catch (SetupFailed failure) {
                    environment
                            .events()
                            .warning(situation.pod(), Optional.empty(), failure.reason(), failure.message());
                }
            });
        }
    }

    /** Takes up the probes of containers that an earlier life of the agent started. */
    private void adopt(Pod pod, PodObservation observed) {
        probes.endAllBut(observed);
        for (Container container : PodPhase.allContainers(pod)) {
            Optional<ObservedContainer> running =
                    observed.latest(container.getName()).filter(ObservedContainer::isRunning);
            ContainerNote note = notes.getOrDefault(container.getName(), ContainerNote.EMPTY);
            if (running.isPresent()
                    && note.probed().filter(running.get().id()::equals).isEmpty()) {
                String id = running.get().id();
                Optional<ContainerStatus> before = publishedStatus(pod, id);
                boolean started = before.map(status -> Boolean.TRUE.equals(status.getStarted()))
                        .orElse(false);
                boolean ready = before.map(status -> Boolean.TRUE.equals(status.getReady()))
                        .orElse(false);
                note(container.getName(), old -> old.launched(id, RestartBackoff.FIRST, started, ready));
                probes.begin(pod, subject(pod, container, id, observed), started);
            }
        }
    }

    private static Optional<ContainerStatus> publishedStatus(Pod pod, String containerId) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return java.util.stream.Stream.concat(
                        pod.getStatus().getContainerStatuses().stream(),
                        pod.getStatus().getInitContainerStatuses().stream())
                .filter(status -> ("containerd://" + containerId).equals(status.getContainerID()))
                .findFirst();
    }

    private void act(Action action, PodPlan.Situation situation) {
        switch (action) {
            case Action.CreateSandbox create -> createSandbox(situation.pod(), create.attempt());
            case Action.StopSandbox stop -> environment.cri().stopPodSandbox(stop.id());
            case Action.RemoveSandbox remove -> removeSandbox(remove.id(), situation.observed());
            case Action.StartContainer start -> startContainer(start, situation);
            case Action.StopContainer stop -> stopContainer(stop, situation);
            case Action.RemoveContainer remove -> {
                acts.removeContainer(remove.container());
                runtime.forget(remove.container().id());
            }
            case Action.TearDown _ -> acts.tearDown(situation.observed().containers());
            case Action.Conclude _ -> {
                concluded = true;
                if (!vanished) {
                    publisher.conclude(situation.pod(), status(situation));
                }
            }
        }
    }

    private void removeSandbox(String id, PodObservation observed) {
        environment.cri().removePodSandbox(id);
        observed.containers().stream()
                .filter(container -> container.sandboxId().equals(id))
                .forEach(container -> runtime.forget(container.id()));
    }

    private void createSandbox(Pod pod, int attempt) {
        try {
            if (attempt > 0) {
                String message = "Pod sandbox changed, it will be killed and re-created.";
                environment.events().normal(pod, Optional.empty(), "SandboxChanged", message);
            }
            acts.createSandbox(pod, attempt);
            setupFailures = 0;
        } catch (SetupFailed failure) {
            waitAfterSetup(pod, failure.reason(), failure.message());
        } catch (CriException failure) {
            waitAfterSetup(pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + failure.reason());
        }
    }

    private void waitAfterSetup(Pod pod, String reason, String message) {
        environment.events().warning(pod, Optional.empty(), reason, message);
        Duration wait = Duration.ofMillis(500L << Math.min(setupFailures++, 10));
        Duration bounded = wait.compareTo(LONGEST_SETUP_RETRY) > 0 ? LONGEST_SETUP_RETRY : wait;
        Instant until = environment.clock().instant().plus(bounded);
        note(PodPlan.WHOLE_POD, old -> old.waitingFor(new ContainerNote.Waiting(reason, message), until));
    }

    private void startContainer(Action.StartContainer start, PodPlan.Situation situation) {
        Pod pod = situation.pod();
        Container container = container(pod, start.name());
        Optional<ObservedSandbox> sandbox = situation.observed().currentSandbox();
        if (sandbox.isEmpty() || !imageIsReady(pod, container)) {
            return;
        }
        try {
            Optional<String> processesOf = EphemeralContainers.targetOf(pod, start.name())
                    .flatMap(situation.observed()::latest)
                    .filter(ObservedContainer::isRunning)
                    .map(ObservedContainer::id);
            String id = acts.startContainer(pod, container, start.attempt(), sandbox.get(), processesOf);
            note(start.name(), old -> old.launched(id, start.nextBackoff(), false, false));
            begin(pod, container, id, situation.observed());
        } catch (SetupFailed failure) {
            failedToStart(pod, start, failure.reason(), failure.message());
        } catch (CriException failure) {
            failedToStart(pod, start, "RunContainerError", failure.reason());
        }
    }

    private void failedToStart(Pod pod, Action.StartContainer start, String reason, String message) {
        environment.events().warning(pod, Optional.of(start.name()), "Failed", "Error: " + message);
        Instant until = environment.clock().instant().plus(RestartBackoff.FIRST);
        note(start.name(), old -> old.waitingFor(new ContainerNote.Waiting(reason, message), until));
    }

    private static Container container(Pod pod, String name) {
        return PodPhase.allContainers(pod).stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("plan names container " + name + " that the pod lacks"));
    }

    private boolean imageIsReady(Pod pod, Container container) {
        String name = container.getName();
        return switch (environment.images().require(pod, container, new PullNews(pod, name))) {
            case ImageAnswer.Ready ready -> {
                environment.events().normal(pod, Optional.of(name), "Pulled", ready.how());
                yield true;
            }
            case ImageAnswer.Underway _ -> {
                Instant until = environment.clock().instant().plus(Duration.ofMinutes(30));
                note(name, old -> old.notBefore(until));
                yield false;
            }
            case ImageAnswer.Missing missing -> {
                missing.told(container.getImage()).forEach(told -> tell(pod, name, told));
                note(
                        name,
                        old -> old.waitingFor(
                                new ContainerNote.Waiting(missing.reason(), missing.message()), missing.retryAt()));
                yield false;
            }
        };
    }

    private void tell(Pod pod, String container, ImageAnswer.Told told) {
        if (told.warning()) {
            environment.events().warning(pod, Optional.of(container), told.reason(), told.message());
        } else {
            environment.events().normal(pod, Optional.of(container), told.reason(), told.message());
        }
    }

    /** Told from the pull's thread. */
    private final class PullNews implements ImagePulls.PullListener {
        private final Pod pod;
        private final String container;

        PullNews(Pod pod, String container) {
            this.pod = pod;
            this.container = container;
        }

        @Override
        public void began(String message) {
            environment.events().normal(pod, Optional.of(container), "Pulling", message);
        }

        @Override
        public void ended() {
            send(container, old -> old.notBefore(Instant.EPOCH));
        }
    }

    /** The postStart hook, and then the probes. */
    private void begin(Pod pod, Container container, String id, PodObservation observed) {
        Checks.Subject subject = subject(pod, container, id, observed);
        boolean goesOn = hooks.postStart(pod, subject, () -> probes.begin(pod, subject, false));
        note(container.getName(), old -> old.withBeginning(goesOn));
    }

    private Checks.Subject subject(Pod pod, Container container, String id, PodObservation observed) {
        String address = observed.currentSandbox()
                .map(sandbox -> acts.addressesOf(pod, sandbox))
                .filter(addresses -> !addresses.isEmpty())
                .map(List::getFirst)
                .orElse("127.0.0.1");
        return new Checks.Subject(container, id, address);
    }

    private void stopContainer(Action.StopContainer stop, PodPlan.Situation situation) {
        ObservedContainer target = stop.container();
        Pod pod = situation.pod();
        Instant until = situation.now().plus(stop.grace());
        note(target.name(), old -> old.withStopping(Optional.of(new ContainerNote.Stopping(target.id(), until))));
        probes.end(target.id());
        environment.events().normal(pod, Optional.of(target.name()), "Killing", stop.why());
        Optional<Checks.Subject> subject = PodPhase.allContainers(pod).stream()
                .filter(each -> each.getName().equals(target.name()))
                .findFirst()
                .map(each -> subject(pod, each, target.id(), situation.observed()));
        hooks.stop(pod, stop, subject);
    }

    /** Only the life's own thread. */
    private void note(String container, UnaryOperator<ContainerNote> change) {
        notes.put(container, change.apply(notes.getOrDefault(container, ContainerNote.EMPTY)));
    }

    /** From other threads: the change is made by the life's own. */
    private void send(String container, UnaryOperator<ContainerNote> change) {
        try {
            if (!inbox.offer(new News(container, change), 5, TimeUnit.SECONDS)) {
                LOG.atWarn().addKeyValue("pod", ref.name()).log("pod is too busy for news");
            }
        } catch (InterruptedException interrupted) {
            // Probes that are being closed have nothing to say any more; everything else must still be heard.
            inbox.offer(new News(container, change));
            Thread.currentThread().interrupt();
        }
    }
}
