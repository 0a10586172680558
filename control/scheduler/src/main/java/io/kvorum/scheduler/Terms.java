package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.kvorum.client.LabelSelectors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Whether nodes match node selector terms, and pods match affinity terms. Pure functions. */
final class Terms {
    private Terms() {}

    /** An empty term matches nothing, as upstream has it. */
    static boolean matches(NodeSelectorTerm term, NodeView node) {
        if (term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty()) {
            return false;
        }
        Map<String, String> fields = Map.of("metadata.name", node.name());
        return term.getMatchExpressions().stream().allMatch(requirement -> matches(requirement, node.labels()))
                && term.getMatchFields().stream().allMatch(requirement -> matches(requirement, fields));
    }

    private static boolean matches(NodeSelectorRequirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.getKey());
        return switch (requirement.getOperator()) {
            case "In" -> value != null && requirement.getValues().contains(value);
            case "NotIn" -> value == null || !requirement.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> value != null && compares(value, requirement, 1);
            case "Lt" -> value != null && compares(value, requirement, -1);
            default -> false;
        };
    }

    private static boolean compares(String value, NodeSelectorRequirement requirement, int sign) {
        try {
            long bound = Long.parseLong(requirement.getValues().getFirst());
            return Integer.signum(Long.compare(Long.parseLong(value), bound)) == sign;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Whether the other pod is one that a term of {@code owner} speaks of. */
    static boolean selects(PodAffinityTerm term, PodView owner, PodView other, ClusterView cluster) {
        return isInNamespaces(term, owner, other, cluster)
                && LabelSelectors.matches(term.getLabelSelector(), other.labels())
                && keysAgree(term, owner, other);
    }

    private static boolean isInNamespaces(PodAffinityTerm term, PodView owner, PodView other, ClusterView cluster) {
        Set<String> named = Set.copyOf(term.getNamespaces());
        if (term.getNamespaceSelector() != null) {
            Map<String, String> labels = cluster.namespaceLabels().getOrDefault(other.namespace(), Map.of());
            return named.contains(other.namespace()) || LabelSelectors.matches(term.getNamespaceSelector(), labels);
        }
        return named.isEmpty() ? owner.namespace().equals(other.namespace()) : named.contains(other.namespace());
    }

    private static boolean keysAgree(PodAffinityTerm term, PodView owner, PodView other) {
        return agree(term.getMatchLabelKeys(), owner, other)
                && term.getMismatchLabelKeys().stream()
                        .filter(owner.labels()::containsKey)
                        .noneMatch(key -> Objects.equals(
                                owner.labels().get(key), other.labels().get(key)));
    }

    /** Whether both have the same values of those labels that the first one has. */
    static boolean agree(List<String> keys, PodView one, PodView other) {
        return keys.stream()
                .filter(one.labels()::containsKey)
                .allMatch(key ->
                        Objects.equals(one.labels().get(key), other.labels().get(key)));
    }
}
