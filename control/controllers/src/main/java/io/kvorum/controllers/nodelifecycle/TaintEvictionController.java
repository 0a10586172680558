package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.client.Tolerations;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Deletes pods from nodes whose NoExecute taints they tolerate no longer. Reads pods and nodes; deletes pods. */
public final class TaintEvictionController extends KeyedController {
    private static final String BY_NODE = "node";

    private final ControllerContext context;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;

    /** When a taint that does not say since when was first seen, by node and key. */
    private final Map<String, Instant> firstSeen = new ConcurrentHashMap<>();

    public TaintEvictionController(ControllerContext context) {
        super("taint-eviction", 2);
        this.context = context;
        this.pods = context.informers().of(Pod.class);
        this.nodes = context.informers().of(Node.class);
        pods.addIndex(
                BY_NODE,
                pod -> PodState.isScheduled(pod) ? List.of(pod.getSpec().getNodeName()) : List.of());
        pods.onChange((before, after) -> {
            if (after != null && PodState.isScheduled(after) && (before == null || !PodState.isScheduled(before))) {
                enqueue(ObjectKey.of(after));
            }
        });
        nodes.onChange((before, after) -> {
            Node changed = newest(before, after);
            if (after == null || noExecute(after).isEmpty()) {
                String prefix = changed.getMetadata().getName() + "/";
                firstSeen.keySet().removeIf(seen -> seen.startsWith(prefix));
            }
            if (after != null && !noExecute(after).equals(before == null ? List.of() : noExecute(before))) {
                pods.byIndex(BY_NODE, after.getMetadata().getName()).forEach(pod -> enqueue(ObjectKey.of(pod)));
            }
        });
    }

    private static List<Taint> noExecute(Node node) {
        return NodeTaints.present(node).stream()
                .filter(taint -> "NoExecute".equals(taint.getEffect()))
                .toList();
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Pod> found = pods.find(key).filter(pod -> PodState.isScheduled(pod) && PodState.isActive(pod));
        Optional<Node> node = found.flatMap(
                pod -> nodes.find(ObjectKey.ofCluster(pod.getSpec().getNodeName())));
        if (found.isEmpty() || node.isEmpty()) {
            return Result.done();
        }
        Pod pod = found.get();
        Optional<Instant> end = end(pod, noExecute(node.get()));
        if (end.isEmpty()) {
            return Result.done();
        }
        Duration left = Duration.between(context.clock().instant(), end.get());
        if (left.isPositive()) {
            return Result.again(left);
        }
        context.events().normal(pod, "TaintManagerEviction", "Marking for deletion Pod " + key);
        context.api().delete(pod, ObjectApi.Dependents.BACKGROUND);
        return Result.done();
    }

    /** When the pod must go: at once if a taint is not tolerated, never if all are tolerated for ever. */
    private Optional<Instant> end(Pod pod, List<Taint> taints) {
        Optional<Instant> end = Optional.empty();
        for (Taint taint : taints) {
            Instant since = taint.getTimeAdded() == null
                    ? firstSeen.computeIfAbsent(
                            pod.getSpec().getNodeName() + "/" + taint.getKey(),
                            fresh -> context.clock().instant())
                    : Values.time(taint.getTimeAdded().toString());
            List<Toleration> fitting = pod.getSpec().getTolerations().stream()
                    .filter(toleration -> Tolerations.tolerates(toleration, taint))
                    .toList();
            Optional<Instant> until = fitting.isEmpty()
                    ? Optional.of(since)
                    : fitting.stream()
                            .filter(toleration -> toleration.getTolerationSeconds() != null)
                            .map(toleration -> since.plusSeconds(Math.max(0, toleration.getTolerationSeconds())))
                            .min(Instant::compareTo);
            if (until.isPresent() && (end.isEmpty() || until.get().isBefore(end.get()))) {
                end = until;
            }
        }
        return end;
    }
}
