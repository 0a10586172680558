package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Tolerations;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether a node is one that a daemon's pod is meant for. Pure functions. */
final class NodeFit {
    private static final List<String> STOOD_NO_EXECUTE =
            List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    private static final List<String> STOOD_NO_SCHEDULE = List.of(
            "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/memory-pressure",
            "node.kubernetes.io/pid-pressure",
            "node.kubernetes.io/unschedulable");

    private NodeFit() {}

    /** A daemon's pods stand what tells others to stay away from a troubled node. */
    static List<Toleration> tolerations(PodSpec spec) {
        List<Toleration> all = new ArrayList<>(spec.getTolerations());
        STOOD_NO_EXECUTE.forEach(key -> addIfAbsent(all, key, "NoExecute"));
        STOOD_NO_SCHEDULE.forEach(key -> addIfAbsent(all, key, "NoSchedule"));
        if (Values.isTrue(spec.getHostNetwork())) {
            addIfAbsent(all, "node.kubernetes.io/network-unavailable", "NoSchedule");
        }
        return all;
    }

    private static void addIfAbsent(List<Toleration> all, String key, String effect) {
        Toleration added = new TolerationBuilder()
                .withKey(key)
                .withOperator("Exists")
                .withEffect(effect)
                .build();
        if (!all.contains(added)) {
            all.add(added);
        }
    }

    /** Whether a pod should be put there. */
    static boolean shouldRun(PodSpec spec, Node node) {
        return isSelected(spec, node) && stands(spec, node, List.of("NoSchedule", "NoExecute"));
    }

    /** Whether a pod that is there may stay. */
    static boolean mayStay(PodSpec spec, Node node) {
        return isSelected(spec, node) && stands(spec, node, List.of("NoExecute"));
    }

    private static boolean stands(PodSpec spec, Node node, List<String> effects) {
        List<Toleration> tolerations = tolerations(spec);
        return node.getSpec() == null
                || node.getSpec().getTaints().stream()
                        .filter(taint -> effects.contains(taint.getEffect()))
                        .allMatch(taint -> Tolerations.tolerate(tolerations, taint));
    }

    private static boolean isSelected(PodSpec spec, Node node) {
        String name = node.getMetadata().getName();
        boolean named = spec.getNodeName() == null
                || spec.getNodeName().isEmpty()
                || spec.getNodeName().equals(name);
        return named
                && LabelSelectors.matches(
                        spec.getNodeSelector(), node.getMetadata().getLabels())
                && matchesAffinity(spec, node);
    }

    private static boolean matchesAffinity(PodSpec spec, Node node) {
        if (spec.getAffinity() == null || spec.getAffinity().getNodeAffinity() == null) {
            return true;
        }
        var required = spec.getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution();
        return required == null || required.getNodeSelectorTerms().stream().anyMatch(term -> matches(term, node));
    }

    private static boolean matches(NodeSelectorTerm term, Node node) {
        Map<String, String> labels = Values.or(node.getMetadata().getLabels());
        Map<String, String> fields = Map.of("metadata.name", node.getMetadata().getName());
        boolean isEmpty =
                term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
        return !isEmpty
                && term.getMatchExpressions().stream().allMatch(requirement -> matches(requirement, labels))
                && term.getMatchFields().stream().allMatch(requirement -> matches(requirement, fields));
    }

    private static boolean matches(NodeSelectorRequirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.getKey());
        return switch (requirement.getOperator()) {
            case "In" -> value != null && requirement.getValues().contains(value);
            case "NotIn" -> value == null || !requirement.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> value != null && compare(value, requirement) > 0;
            case "Lt" -> value != null && compare(value, requirement) < 0;
            default -> false;
        };
    }

    private static int compare(String value, NodeSelectorRequirement requirement) {
        try {
            return Long.compare(
                    Long.parseLong(value),
                    Long.parseLong(requirement.getValues().getFirst()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
