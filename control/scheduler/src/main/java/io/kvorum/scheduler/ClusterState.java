package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.PodState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cluster as the informers tell it, with pods already promised to a node but not yet seen there. Any thread; the lock
 * is never held across I/O.
 */
final class ClusterState {
    private record Placed(String node, PodView pod) {}

    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, Map<String, String>> namespaceLabels = new TreeMap<>();
    private final Map<String, Placed> placed = new LinkedHashMap<>();
    private final Map<String, Map<String, PodView>> byNode = new TreeMap<>();
    private final Map<String, NodeView> views = new TreeMap<>();

    synchronized void put(Node node) {
        nodes.put(node.getMetadata().getName(), node);
        views.remove(node.getMetadata().getName());
    }

    synchronized void removeNode(String name) {
        nodes.remove(name);
        views.remove(name);
    }

    synchronized void putNamespace(String name, Map<String, String> labels) {
        namespaceLabels.put(name, labels);
    }

    synchronized void removeNamespace(String name) {
        namespaceLabels.remove(name);
    }

    /** A pod as the API shows it: one that ended frees its place, one without a node may still be promised one. */
    synchronized void put(Pod pod) {
        if (PodState.isFinished(pod)) {
            remove(pod.getMetadata().getUid());
        } else if (PodState.isScheduled(pod)) {
            place(PodView.of(pod), pod.getSpec().getNodeName());
        }
    }

    /** Promises the pod to a node until the API shows it there, or {@link #remove} takes the promise back. */
    synchronized void assume(PodView pod, String node) {
        place(pod, node);
    }

    synchronized void remove(String uid) {
        Placed before = placed.remove(uid);
        if (before != null) {
            Map<String, PodView> there = byNode.get(before.node);
            if (there != null) {
                there.remove(uid);
                if (there.isEmpty()) {
                    byNode.remove(before.node);
                }
            }
            views.remove(before.node);
        }
    }

    synchronized Optional<String> nodeOf(String uid) {
        return Optional.ofNullable(placed.get(uid)).map(Placed::node);
    }

    private void place(PodView pod, String node) {
        remove(pod.uid());
        placed.put(pod.uid(), new Placed(node, pod));
        byNode.computeIfAbsent(node, fresh -> new LinkedHashMap<>()).put(pod.uid(), pod);
        views.remove(node);
    }

    synchronized ClusterView view() {
        List<NodeView> all = new ArrayList<>(nodes.size());
        nodes.forEach((name, node) -> all.add(views.computeIfAbsent(
                name,
                fresh -> NodeView.of(
                        node, List.copyOf(byNode.getOrDefault(name, Map.of()).values())))));
        return new ClusterView(List.copyOf(all), Map.copyOf(namespaceLabels));
    }
}
