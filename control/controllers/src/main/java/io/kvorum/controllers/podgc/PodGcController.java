package io.kvorum.controllers.podgc;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Removes pods of nodes that no longer exist, deleted pods that never ran, and too many ended ones. Reads pods and nodes. */
public final class PodGcController extends KeyedController {
    private static final ObjectKey ROUND = ObjectKey.ofCluster("round");
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final Duration QUARANTINE = Duration.ofSeconds(40);

    private final ControllerContext context;
    private final int endedKept;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final Map<String, Long> missingSinceNanos = new HashMap<>();

    public PodGcController(ControllerContext context, int endedKept) {
        super("podgc", 1);
        this.context = context;
        this.endedKept = endedKept;
        this.pods = context.informers().of(Pod.class);
        this.nodes = context.informers().of(Node.class);
    }

    @Override
    public void start() {
        super.start();
        enqueue(ROUND);
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        List<Pod> all = pods.all();
        removeEnded(all);
        removeOrphaned(all);
        all.stream()
                .filter(pod -> PodState.isDeleting(pod) && !PodState.isScheduled(pod))
                .forEach(pod -> context.api().deleteNow(pod));
        return Result.again(PERIOD);
    }

    private void removeEnded(List<Pod> all) {
        List<Pod> ended = all.stream()
                .filter(pod -> PodState.isFinished(pod) && !PodState.isDeleting(pod))
                .sorted(Comparator.comparing(
                        pod -> Values.time(pod.getMetadata().getCreationTimestamp())))
                .toList();
        if (endedKept > 0 && ended.size() > endedKept) {
            ended.subList(0, ended.size() - endedKept).forEach(context.api()::deleteNow);
        }
    }

    /** A node that just vanished from the list may come back; only after a while, and asked once more, it counts as gone. */
    private void removeOrphaned(List<Pod> all) {
        Set<String> present =
                nodes.all().stream().map(node -> node.getMetadata().getName()).collect(Collectors.toSet());
        Set<String> missing = all.stream()
                .filter(PodState::isScheduled)
                .map(pod -> pod.getSpec().getNodeName())
                .filter(name -> !present.contains(name))
                .collect(Collectors.toSet());
        missingSinceNanos.keySet().retainAll(missing);
        long now = System.nanoTime();
        Set<String> gone = missing.stream()
                .filter(name -> now - missingSinceNanos.computeIfAbsent(name, fresh -> now) >= QUARANTINE.toNanos())
                .filter(name -> context.api()
                        .find(Node.class, ObjectKey.ofCluster(name))
                        .isEmpty())
                .collect(Collectors.toSet());
        all.stream()
                .filter(pod ->
                        PodState.isScheduled(pod) && gone.contains(pod.getSpec().getNodeName()))
                .forEach(this::failAndDelete);
    }

    private void failAndDelete(Pod pod) {
        if (!PodState.isFinished(pod)) {
            context.api()
                    .changeStatus(
                            Pod.class,
                            ObjectKey.of(pod),
                            live -> new PodBuilder(live)
                                    .editOrNewStatus()
                                    .withPhase("Failed")
                                    .removeMatchingFromConditions(
                                            condition -> "DisruptionTarget".equals(condition.getType()))
                                    .addToConditions(new PodConditionBuilder()
                                            .withType("DisruptionTarget")
                                            .withStatus("True")
                                            .withReason("DeletionByPodGC")
                                            .withMessage("PodGC: node no longer exists")
                                            .withLastTransitionTime(Values.now(context.clock()))
                                            .build())
                                    .endStatus()
                                    .build());
        }
        context.api().deleteNow(pod);
    }
}
