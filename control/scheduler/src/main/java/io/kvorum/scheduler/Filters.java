package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Tolerations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a pod cannot run on a node, in upstream's words. Pure functions of the view. */
final class Filters {
    /** One rule; an empty answer means the node will do. */
    @FunctionalInterface
    interface Filter {
        List<String> reasonsAgainst(PodView pod, NodeView node, ClusterView cluster);
    }

    private static final List<Filter> ALL = List.of(
            (pod, node, cluster) -> unschedulable(pod, node),
            (pod, node, cluster) -> nodeName(pod, node),
            (pod, node, cluster) -> taints(pod, node),
            (pod, node, cluster) -> nodeAffinity(pod, node),
            (pod, node, cluster) -> hostPorts(pod, node),
            (pod, node, cluster) -> fit(pod, node),
            Spread::reasonsAgainst,
            PodAffinities::reasonsAgainst);

    private Filters() {}

    /** The first failing rule's reasons; later rules are not asked. */
    static List<String> reasonsAgainst(PodView pod, NodeView node, ClusterView cluster) {
        for (Filter filter : ALL) {
            List<String> reasons = filter.reasonsAgainst(pod, node, cluster);
            if (!reasons.isEmpty()) {
                return reasons;
            }
        }
        return List.of();
    }

    private static List<String> unschedulable(PodView pod, NodeView node) {
        Taint cordon = new TaintBuilder()
                .withKey("node.kubernetes.io/unschedulable")
                .withEffect("NoSchedule")
                .build();
        boolean fits = !node.isUnschedulable()
                || Tolerations.tolerate(pod.pod().getSpec().getTolerations(), cordon);
        return fits ? List.of() : List.of("node(s) were unschedulable");
    }

    private static List<String> nodeName(PodView pod, NodeView node) {
        String wanted = pod.pod().getSpec().getNodeName();
        boolean fits = wanted == null || wanted.isEmpty() || wanted.equals(node.name());
        return fits ? List.of() : List.of("node(s) didn't match the requested node name");
    }

    private static List<String> taints(PodView pod, NodeView node) {
        return node.taints().stream()
                .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                .filter(taint -> !Tolerations.tolerate(pod.pod().getSpec().getTolerations(), taint))
                .findFirst()
                .map(taint -> List.of("node(s) had untolerated taint {%s: %s}"
                        .formatted(taint.getKey(), taint.getValue() == null ? "" : taint.getValue())))
                .orElse(List.of());
    }

    static List<String> nodeAffinity(PodView pod, NodeView node) {
        return matchesSelector(pod, node) && matchesAffinity(pod, node)
                ? List.of()
                : List.of("node(s) didn't match Pod's node affinity/selector");
    }

    private static boolean matchesSelector(PodView pod, NodeView node) {
        return LabelSelectors.matches(pod.pod().getSpec().getNodeSelector(), node.labels());
    }

    private static boolean matchesAffinity(PodView pod, NodeView node) {
        Optional<NodeSelector> required = pod.affinity()
                .map(affinity -> affinity.getNodeAffinity())
                .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution);
        return required.isEmpty()
                || required.get().getNodeSelectorTerms().stream().anyMatch(term -> Terms.matches(term, node));
    }

    private static List<String> hostPorts(PodView pod, NodeView node) {
        boolean collides = pod.hostPorts().stream()
                .anyMatch(wanted -> node.pods().stream()
                        .flatMap(other -> other.hostPorts().stream())
                        .anyMatch(wanted::collidesWith));
        return collides ? List.of("node(s) didn't have free ports for the requested pod ports") : List.of();
    }

    private static List<String> fit(PodView pod, NodeView node) {
        List<String> reasons = new ArrayList<>();
        if (node.pods().size() + 1 > node.allocatable().of("pods")) {
            reasons.add("Too many pods");
        }
        pod.requests().amounts().forEach((name, wanted) -> {
            long free = node.allocatable().of(name) - node.requested().of(name);
            if (wanted > 0 && wanted > free) {
                reasons.add("Insufficient " + name);
            }
        });
        return reasons;
    }
}
