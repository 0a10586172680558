package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.PodState;
import io.kvorum.client.Tolerations;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Topology spread constraints. Pure functions of the view. */
final class Spread {
    private Spread() {}

    static List<String> reasonsAgainst(PodView pod, NodeView node, ClusterView cluster) {
        for (TopologySpreadConstraint constraint : pod.pod().getSpec().getTopologySpreadConstraints()) {
            if (!"DoNotSchedule".equals(constraint.getWhenUnsatisfiable())) {
                continue;
            }
            String domain = node.labels().get(constraint.getTopologyKey());
            if (domain == null) {
                return List.of("node(s) didn't match pod topology spread constraints (missing required label)");
            }
            Map<String, Integer> counts = counts(constraint, pod, cluster);
            int domainsWanted = constraint.getMinDomains() == null ? 1 : constraint.getMinDomains();
            int least = counts.size() < domainsWanted
                    ? 0
                    : counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
            int self = isCounted(constraint, pod, pod) ? 1 : 0;
            if (counts.getOrDefault(domain, 0) + self - least > constraint.getMaxSkew()) {
                return List.of("node(s) didn't match pod topology spread constraints");
            }
        }
        return List.of();
    }

    /** Fewer alike in the node's domain is better: the number of them, over all soft constraints. */
    static long crowd(PodView pod, NodeView node, ClusterView cluster) {
        long sum = 0;
        for (TopologySpreadConstraint constraint : pod.pod().getSpec().getTopologySpreadConstraints()) {
            if ("ScheduleAnyway".equals(constraint.getWhenUnsatisfiable())) {
                String domain = node.labels().get(constraint.getTopologyKey());
                Map<String, Integer> counts = counts(constraint, pod, cluster);
                int most = counts.values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0);
                sum += domain == null ? most + 1L : counts.getOrDefault(domain, 0);
            }
        }
        return sum;
    }

    static boolean hasSoft(PodView pod) {
        return pod.pod().getSpec().getTopologySpreadConstraints().stream()
                .anyMatch(constraint -> "ScheduleAnyway".equals(constraint.getWhenUnsatisfiable()));
    }

    private static Map<String, Integer> counts(TopologySpreadConstraint constraint, PodView pod, ClusterView cluster) {
        Map<String, Integer> counts = new TreeMap<>();
        for (NodeView node : cluster.nodes()) {
            String domain = node.labels().get(constraint.getTopologyKey());
            if (domain != null && isEligible(constraint, pod, node)) {
                int alike = (int) node.pods().stream()
                        .filter(other -> !PodState.isDeleting(other.pod()))
                        .filter(other -> isCounted(constraint, pod, other))
                        .count();
                counts.merge(domain, alike, Integer::sum);
            }
        }
        return counts;
    }

    private static boolean isEligible(TopologySpreadConstraint constraint, PodView pod, NodeView node) {
        boolean affinity = "Ignore".equals(constraint.getNodeAffinityPolicy())
                || Filters.nodeAffinity(pod, node).isEmpty();
        boolean taints = !"Honor".equals(constraint.getNodeTaintsPolicy())
                || node.taints().stream()
                        .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                        .allMatch(taint ->
                                Tolerations.tolerate(pod.pod().getSpec().getTolerations(), taint));
        return affinity && taints;
    }

    private static boolean isCounted(TopologySpreadConstraint constraint, PodView pod, PodView other) {
        return pod.namespace().equals(other.namespace())
                && LabelSelectors.matches(constraint.getLabelSelector(), other.labels())
                && Terms.agree(constraint.getMatchLabelKeys(), pod, other);
    }
}
