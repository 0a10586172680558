package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.client.Scope;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches the nodes' signs of life by its own monotonic clock, so that neither a jumping wall clock nor its own restart
 * condemns a node: silence counts only from when it began to listen. Reads nodes, their leases and pods; writes node
 * conditions of silent nodes, taints, and the readiness of their pods.
 */
public final class NodeLifecycleController extends KeyedController {
    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(5);
    private static final String LEASES = "kube-node-lease";
    private static final List<String> CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    /** The last sign of life and when it was seen. */
    private record Sign(String lease, String heartbeat, long atNanos) {}

    private final ControllerContext context;
    private final Duration grace;
    /** Of looking at each node; a short grace is not to be doubled by it. */
    private final Duration period;

    private final Informer<Node> nodes;
    private final Informer<Lease> leases;
    private final Informer<Pod> pods;
    private final Map<String, Sign> signs = new HashMap<>();

    public NodeLifecycleController(ControllerContext context, Duration grace) {
        super("nodelifecycle", 1);
        this.context = context;
        this.grace = grace;
        this.period = grace.dividedBy(4).compareTo(LONGEST_PERIOD) < 0 ? grace.dividedBy(4) : LONGEST_PERIOD;
        this.nodes = context.informers().of(Node.class);
        this.leases = context.informers().of(Lease.class, Scope.namespace(LEASES));
        this.pods = context.informers().of(Pod.class);
        nodes.onChange((before, after) -> {
            if (before == null || after == null || isNews(before, after)) {
                enqueue(ObjectKey.of(newest(before, after)));
            }
        });
    }

    private static boolean isNews(Node before, Node after) {
        return !NodeTaints.ready(before).equals(NodeTaints.ready(after))
                || !Objects.equals(before.getSpec(), after.getSpec())
                || !states(before).equals(states(after));
    }

    private static List<String> states(Node node) {
        return node.getStatus() == null
                ? List.of()
                : node.getStatus().getConditions().stream()
                        .map(condition -> condition.getType() + condition.getStatus())
                        .toList();
    }

    /** The map of signs belongs to the single worker. */
    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Node> found = nodes.find(key);
        if (found.isEmpty()) {
            signs.remove(key.name());
            return Result.done();
        }
        Node node = found.get();
        if (isSilent(node)) {
            node = markUnknown(node).orElse(node);
        }
        boolean isUp = "True".equals(NodeTaints.ready(node));
        taint(node, isUp || isAnyOtherUp(node));
        if (!isUp) {
            markPodsNotReady(node);
        }
        return Result.again(period);
    }

    private boolean isSilent(Node node) {
        String name = node.getMetadata().getName();
        String lease = leases.find(new ObjectKey(LEASES, name))
                .filter(found -> found.getSpec() != null && found.getSpec().getRenewTime() != null)
                .map(found -> found.getSpec().getRenewTime().toString())
                .orElse("");
        String heartbeat = NodeTaints.condition(node, "Ready")
                .filter(ready -> !"Unknown".equals(ready.getStatus()))
                .map(ready -> Values.or(ready.getLastHeartbeatTime(), ""))
                .orElse("");
        @Nullable Sign last = signs.get(name);
        if (last == null || isNewer(lease, last.lease) || isNewer(heartbeat, last.heartbeat)) {
            signs.put(name, new Sign(lease, heartbeat, System.nanoTime()));
            return false;
        }
        return System.nanoTime() - last.atNanos > grace.toNanos();
    }

    private static boolean isNewer(String seen, String known) {
        return !seen.isEmpty() && !seen.equals(known);
    }

    private Optional<Node> markUnknown(Node node) {
        if (CONDITIONS.stream()
                .allMatch(type -> NodeTaints.condition(node, type)
                        .filter(known -> "Unknown".equals(known.getStatus()))
                        .isPresent())) {
            return Optional.of(node);
        }
        context.events()
                .normal(node, "NodeNotReady", "Node " + node.getMetadata().getName() + " status is now: NodeNotReady");
        return context.api().changeStatus(Node.class, ObjectKey.of(node), live -> {
            List<NodeCondition> conditions = new ArrayList<>(
                    live.getStatus() == null ? List.of() : live.getStatus().getConditions());
            for (String type : CONDITIONS) {
                Optional<NodeCondition> known = NodeTaints.condition(live, type);
                conditions.removeIf(condition -> type.equals(condition.getType()));
                conditions.add(unknown(type, known));
            }
            return new NodeBuilder(live)
                    .editOrNewStatus()
                    .withConditions(conditions)
                    .endStatus()
                    .build();
        });
    }

    private NodeCondition unknown(String type, Optional<NodeCondition> known) {
        if (known.isPresent() && "Unknown".equals(known.get().getStatus())) {
            return known.get();
        }
        String now = Values.now(context.clock());
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus("Unknown")
                .withReason(known.isPresent() ? "NodeStatusUnknown" : "NodeStatusNeverUpdated")
                .withMessage(
                        known.isPresent()
                                ? "Kubelet stopped posting node status."
                                : "Kubelet never posted node status.")
                .withLastHeartbeatTime(
                        known.map(NodeCondition::getLastHeartbeatTime).orElse(now))
                .withLastTransitionTime(now)
                .build();
    }

    /** When every node looks dead, the fault is more likely ours or the network's: nobody is moved. */
    private boolean isAnyOtherUp(Node node) {
        return nodes.all().stream()
                .filter(other ->
                        !other.getMetadata().getName().equals(node.getMetadata().getName()))
                .anyMatch(other -> "True".equals(NodeTaints.ready(other)));
    }

    private void taint(Node node, boolean mayEvict) {
        List<Taint> wanted = NodeTaints.wanted(node, mayEvict, Values.now(context.clock()));
        if (same(wanted, NodeTaints.present(node))) {
            return;
        }
        context.api().change(Node.class, ObjectKey.of(node), live -> {
            List<Taint> taints = NodeTaints.wanted(live, mayEvict, Values.now(context.clock()));
            return new NodeBuilder(live)
                    .editOrNewSpec()
                    .withTaints(taints)
                    .endSpec()
                    .build();
        });
    }

    private static boolean same(List<Taint> one, List<Taint> other) {
        return one.size() == other.size() && one.containsAll(other) && other.containsAll(one);
    }

    private void markPodsNotReady(Node node) {
        String name = node.getMetadata().getName();
        pods.all().stream()
                .filter(pod ->
                        PodState.isScheduled(pod) && pod.getSpec().getNodeName().equals(name))
                .filter(PodState::isReady)
                .forEach(this::markNotReady);
    }

    private void markNotReady(Pod pod) {
        context.api()
                .changeStatus(
                        Pod.class,
                        ObjectKey.of(pod),
                        live -> new PodBuilder(live)
                                .editOrNewStatus()
                                .removeMatchingFromConditions(condition -> "Ready".equals(condition.getType()))
                                .addToConditions(new PodConditionBuilder()
                                        .withType("Ready")
                                        .withStatus("False")
                                        .withLastTransitionTime(Values.now(context.clock()))
                                        .build())
                                .endStatus()
                                .build());
        context.events().warning(pod, "NodeNotReady", "Node is not ready");
    }
}
