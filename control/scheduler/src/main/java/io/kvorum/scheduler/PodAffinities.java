package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.List;
import java.util.function.Predicate;

/** Pods that want to be near or far from others. Pure functions of the view. */
final class PodAffinities {
    private PodAffinities() {}

    static List<String> reasonsAgainst(PodView pod, NodeView node, ClusterView cluster) {
        if (breaksOthersWish(pod, node, cluster)) {
            return List.of("node(s) didn't satisfy existing pods anti-affinity rules");
        }
        for (PodAffinityTerm term : pod.requiredAntiAffinity()) {
            if (anyInDomain(term, node, cluster, other -> Terms.selects(term, pod, other, cluster))) {
                return List.of("node(s) didn't match pod anti-affinity rules");
            }
        }
        return satisfiesAffinity(pod, node, cluster) ? List.of() : List.of("node(s) didn't match pod affinity rules");
    }

    private static boolean satisfiesAffinity(PodView pod, NodeView node, ClusterView cluster) {
        List<PodAffinityTerm> terms = pod.requiredAffinity();
        if (terms.isEmpty()) {
            return true;
        }
        if (terms.stream().anyMatch(term -> !node.labels().containsKey(term.getTopologyKey()))) {
            return false;
        }
        boolean near = terms.stream()
                .allMatch(term -> anyInDomain(term, node, cluster, other -> Terms.selects(term, pod, other, cluster)));
        return near || isFirstOfItsKind(pod, terms, cluster);
    }

    /** The first pod of a group that wants to be together may go anywhere. */
    private static boolean isFirstOfItsKind(PodView pod, List<PodAffinityTerm> terms, ClusterView cluster) {
        boolean selectsItself = terms.stream().allMatch(term -> Terms.selects(term, pod, pod, cluster));
        return selectsItself
                && cluster.nodes().stream()
                        .flatMap(node -> node.pods().stream())
                        .noneMatch(other -> terms.stream().allMatch(term -> Terms.selects(term, pod, other, cluster)));
    }

    private static boolean breaksOthersWish(PodView pod, NodeView node, ClusterView cluster) {
        for (NodeView place : cluster.nodes()) {
            for (PodView other : place.pods()) {
                for (PodAffinityTerm term : other.requiredAntiAffinity()) {
                    if (sameDomain(term.getTopologyKey(), node, place) && Terms.selects(term, other, pod, cluster)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean anyInDomain(
            PodAffinityTerm term, NodeView node, ClusterView cluster, Predicate<PodView> wanted) {
        return cluster.nodes().stream()
                .filter(place -> sameDomain(term.getTopologyKey(), node, place))
                .flatMap(place -> place.pods().stream())
                .anyMatch(wanted);
    }

    private static boolean sameDomain(String key, NodeView one, NodeView other) {
        String domain = one.labels().get(key);
        return domain != null && domain.equals(other.labels().get(key));
    }

    static boolean hasPreferences(PodView pod) {
        return !near(pod).isEmpty() || !far(pod).isEmpty();
    }

    /** The weights of wishes met minus those of wishes broken. */
    static long preference(PodView pod, NodeView node, ClusterView cluster) {
        return sum(near(pod), pod, node, cluster) - sum(far(pod), pod, node, cluster);
    }

    private static List<WeightedPodAffinityTerm> near(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAffinity)
                .map(terms -> terms.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private static List<WeightedPodAffinityTerm> far(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAntiAffinity)
                .map(terms -> terms.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private static long sum(List<WeightedPodAffinityTerm> terms, PodView pod, NodeView node, ClusterView cluster) {
        long sum = 0;
        for (WeightedPodAffinityTerm weighted : terms) {
            PodAffinityTerm term = weighted.getPodAffinityTerm();
            long met = cluster.nodes().stream()
                    .filter(place -> sameDomain(term.getTopologyKey(), node, place))
                    .flatMap(place -> place.pods().stream())
                    .filter(other -> Terms.selects(term, pod, other, cluster))
                    .count();
            sum += weighted.getWeight() * met;
        }
        return sum;
    }
}
