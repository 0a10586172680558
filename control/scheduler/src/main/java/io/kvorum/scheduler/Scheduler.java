package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives pending pods a node: one virtual thread decides, others write the decisions down. One per leadership: built
 * before the informers start, started and closed once. Reads pods, nodes, namespaces; writes bindings, the condition
 * PodScheduled, and deletes pods that must make room.
 */
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration FIRST_LISTS = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(5);

    private final ObjectApi api;
    private final Informers informers;
    private final SchedulerConfig config;
    private final InstantSource clock;
    private final EventRecorder events;
    private final Informer<Pod> pods;
    private final ClusterState state = new ClusterState();
    private final SchedulingQueue queue = new SchedulingQueue();
    private final ExecutorService writers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("bind-", 0).factory());
    private final Thread decider;
    private volatile boolean closed;

    public Scheduler(KubernetesClient client, Informers informers, SchedulerConfig config, InstantSource clock) {
        this.api = new ObjectApi(client);
        this.informers = informers;
        this.config = config;
        this.clock = clock;
        this.events = new EventRecorder(api, config.schedulerName(), config.host(), clock);
        this.pods = informers.of(Pod.class).onChange(this::podChanged);
        informers.of(Node.class).onChange(this::nodeChanged);
        informers.of(Namespace.class).onChange(this::namespaceChanged);
        this.decider = Thread.ofVirtual().name("scheduler").unstarted(this::decide);
    }

    /** Waits until the cluster is known, then begins to decide. */
    public void start() throws InterruptedException {
        while (!informers.start(FIRST_LISTS)) {
            LOG.atWarn()
                    .addKeyValue("waited", FIRST_LISTS)
                    .log("the cluster could not be listed yet; scheduling waits");
        }
        decider.start();
        LOG.atInfo().log("scheduler started");
    }

    @Override
    public void close() {
        closed = true;
        queue.close();
        decider.interrupt();
        writers.shutdownNow();
        events.close();
    }

    private void podChanged(@Nullable Pod before, @Nullable Pod after) {
        if (after == null) {
            if (before != null) {
                state.remove(before.getMetadata().getUid());
                queue.remove(ObjectKey.of(before));
                if (PodState.isScheduled(before)) {
                    queue.wakeAll();
                }
            }
            return;
        }
        state.put(after);
        ObjectKey key = ObjectKey.of(after);
        if (isOurs(after)) {
            boolean isNews = before == null
                    || !Objects.equals(before.getSpec(), after.getSpec())
                    || !Objects.equals(
                            before.getMetadata().getLabels(),
                            after.getMetadata().getLabels());
            if (isNews && state.nodeOf(after.getMetadata().getUid()).isEmpty()) {
                queue.add(key, PodView.of(after).priority());
            }
        } else {
            queue.remove(key);
            boolean isFreed = PodState.isFinished(after) && (before == null || !PodState.isFinished(before));
            boolean isPlaced = PodState.isScheduled(after) && (before == null || !PodState.isScheduled(before));
            if (isFreed || isPlaced) {
                queue.wakeAll(); // room was freed, or a pod to be near to has come
            }
        }
    }

    private boolean isOurs(Pod pod) {
        String name = pod.getSpec().getSchedulerName();
        return !PodState.isScheduled(pod)
                && PodState.isActive(pod)
                && (name == null || name.isEmpty() || name.equals(config.schedulerName()))
                && pod.getSpec().getSchedulingGates().isEmpty();
    }

    private void nodeChanged(@Nullable Node before, @Nullable Node after) {
        if (after == null) {
            if (before != null) {
                state.removeNode(before.getMetadata().getName());
            }
            return;
        }
        state.put(after);
        boolean matters = before == null
                || !Objects.equals(before.getSpec(), after.getSpec())
                || !Objects.equals(
                        before.getMetadata().getLabels(), after.getMetadata().getLabels())
                || !NodeView.of(before, List.of())
                        .allocatable()
                        .equals(NodeView.of(after, List.of()).allocatable());
        if (matters) {
            queue.wakeAll();
        }
    }

    private void namespaceChanged(@Nullable Namespace before, @Nullable Namespace after) {
        if (after != null) {
            Map<String, String> labels = after.getMetadata().getLabels();
            state.putNamespace(after.getMetadata().getName(), labels == null ? Map.of() : Map.copyOf(labels));
        } else if (before != null) {
            state.removeNamespace(before.getMetadata().getName());
        }
    }

    private void decide() {
        while (!closed) {
            try {
                Optional<SchedulingQueue.Attempt> attempt = queue.take(POLL);
                if (attempt.isPresent()) {
                    attempt(attempt.get());
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void attempt(SchedulingQueue.Attempt attempt) {
        try {
            Optional<Pod> found = pods.find(attempt.key()).filter(this::isOurs);
            if (found.isEmpty()
                    || state.nodeOf(found.get().getMetadata().getUid()).isPresent()) {
                queue.remove(attempt.key());
                return;
            }
            PodView pod = PodView.of(found.get());
            ClusterView cluster = state.view();
            switch (Placement.choose(pod, cluster, config.random())) {
                case Placement.On on -> {
                    state.assume(pod, on.node());
                    queue.remove(attempt.key());
                    writers.execute(() -> bind(pod, on.node()));
                }
                case Placement.Nowhere nowhere -> {
                    Optional<Preemption> preemption = Preemption.choose(pod, cluster);
                    writers.execute(() -> explain(pod, nowhere, preemption));
                    queue.failed(attempt);
                }
            }
        } catch (RuntimeException e) { // the top of the work on one pod: it is tried again after its back-off
            LOG.atWarn().addKeyValue("pod", attempt.key()).setCause(e).log("scheduling a pod failed");
            queue.failed(attempt);
        }
    }

    private void bind(PodView pod, String node) {
        ObjectKey key = ObjectKey.of(pod.pod());
        try {
            Binding binding = new BindingBuilder()
                    .withNewMetadata()
                    .withNamespace(key.namespace())
                    .withName(key.name())
                    .withUid(pod.uid())
                    .endMetadata()
                    .withNewTarget()
                    .withKind("Node")
                    .withName(node)
                    .endTarget()
                    .build();
            String path = "/api/v1/namespaces/" + key.namespace() + "/pods/" + key.name() + "/binding";
            api.client().raw(path, "POST", binding);
            events.normal(pod.pod(), "Scheduled", "Successfully assigned " + key + " to " + node);
        } catch (RuntimeException e) { // the top of this thread: the promise is taken back and the pod tried again
            state.remove(pod.uid());
            if (!closed) {
                LOG.atDebug()
                        .addKeyValue("pod", key)
                        .addKeyValue("node", node)
                        .setCause(e)
                        .log("binding failed");
                retry(key);
            }
        }
    }

    private void retry(ObjectKey key) {
        Optional<Pod> live = pods.find(key).filter(this::isOurs);
        if (live.isPresent()) {
            queue.add(key, PodView.of(live.get()).priority());
        }
    }

    private void explain(PodView pod, Placement.Nowhere nowhere, Optional<Preemption> preemption) {
        try {
            String message = nowhere.message();
            events.warning(pod.pod(), "FailedScheduling", message);
            preemption.ifPresent(choice -> preempt(pod, choice));
            markUnschedulable(pod, message, preemption.map(Preemption::node));
        } catch (RuntimeException e) { // the top of this thread: the pod waits all the same
            if (!closed) {
                LOG.atDebug()
                        .addKeyValue("pod", ObjectKey.of(pod.pod()))
                        .setCause(e)
                        .log("a pod's scheduling failure could not be written down");
            }
        }
    }

    private void preempt(PodView pod, Preemption choice) {
        LOG.atInfo()
                .addKeyValue("pod", ObjectKey.of(pod.pod()))
                .addKeyValue("node", choice.node())
                .addKeyValue(
                        "victims",
                        choice.victims().stream()
                                .map(victim -> ObjectKey.of(victim.pod()).toString())
                                .collect(Collectors.joining(" ")))
                .log("less important pods make room");
        for (PodView victim : choice.victims()) {
            if (!PodState.isDeleting(victim.pod())) {
                events.normal(victim.pod(), "Preempted", "Preempted by pod " + pod.uid() + " on node " + choice.node());
                api.delete(victim.pod(), ObjectApi.Dependents.BACKGROUND);
            }
        }
    }

    private void markUnschedulable(PodView pod, String message, Optional<String> nominated) {
        boolean isKnown = PodState.condition(pod.pod(), "PodScheduled")
                .filter(condition -> "False".equals(condition.getStatus()) && message.equals(condition.getMessage()))
                .isPresent();
        String before =
                pod.pod().getStatus() == null ? null : pod.pod().getStatus().getNominatedNodeName();
        if (isKnown && nominated.isEmpty()) {
            return;
        }
        String since = PodState.condition(pod.pod(), "PodScheduled")
                .filter(condition -> "False".equals(condition.getStatus()))
                .map(condition -> condition.getLastTransitionTime())
                .orElse(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        api.changeStatus(
                Pod.class,
                ObjectKey.of(pod.pod()),
                live -> PodState.isScheduled(live)
                        ? live
                        : new PodBuilder(live)
                                .editOrNewStatus()
                                .withNominatedNodeName(nominated.orElse(before))
                                .removeMatchingFromConditions(condition -> "PodScheduled".equals(condition.getType()))
                                .addToConditions(new PodConditionBuilder()
                                        .withType("PodScheduled")
                                        .withStatus("False")
                                        .withReason("Unschedulable")
                                        .withMessage(message)
                                        .withLastTransitionTime(since)
                                        .build())
                                .endStatus()
                                .build());
    }
}
