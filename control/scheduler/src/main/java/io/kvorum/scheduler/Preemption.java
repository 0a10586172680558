package io.kvorum.scheduler;

import io.kvorum.client.PodState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which less important pods could make room for a more important one. A pure choice. */
record Preemption(String node, List<PodView> victims) {
    private static final Comparator<Preemption> MILDEST = Comparator.<Preemption>comparingInt(choice ->
                    choice.victims.stream().mapToInt(PodView::priority).max().orElse(Integer.MIN_VALUE))
            .thenComparingLong(choice -> choice.victims.stream()
                    .mapToLong(victim -> (long) victim.priority() + Integer.MAX_VALUE)
                    .sum())
            .thenComparingInt(choice -> choice.victims.size())
            .thenComparing(Preemption::node);

    /** The node whose loss is the mildest; empty when even the loss of all lesser pods would not help. */
    static Optional<Preemption> choose(PodView pod, ClusterView cluster) {
        if ("Never".equals(pod.pod().getSpec().getPreemptionPolicy()) || isMakingRoom(pod, cluster)) {
            return Optional.empty();
        }
        return cluster.nodes().stream()
                .flatMap(node -> on(pod, node, cluster).stream())
                .min(MILDEST);
    }

    /** Victims of an earlier choice are still on their way out: wait for them instead of choosing more. */
    private static boolean isMakingRoom(PodView pod, ClusterView cluster) {
        if (pod.pod().getStatus() == null) {
            return false;
        }
        String nominated = pod.pod().getStatus().getNominatedNodeName();
        return cluster.nodes().stream()
                .filter(node -> node.name().equals(nominated))
                .flatMap(node -> node.pods().stream())
                .anyMatch(other -> other.priority() < pod.priority() && PodState.isDeleting(other.pod()));
    }

    private static Optional<Preemption> on(PodView pod, NodeView node, ClusterView cluster) {
        List<PodView> lesser = node.pods().stream()
                .filter(other -> other.priority() < pod.priority())
                .sorted(Comparator.comparingInt(PodView::priority).reversed())
                .toList();
        if (lesser.isEmpty() || !fits(pod, node.without(lesser), cluster)) {
            return Optional.empty();
        }
        List<PodView> victims = new ArrayList<>(lesser);
        for (PodView spared : lesser) { // the most important first: spare whom we can
            victims.remove(spared);
            if (!fits(pod, node.without(victims), cluster)) {
                victims.add(spared);
            }
        }
        return victims.isEmpty() ? Optional.empty() : Optional.of(new Preemption(node.name(), victims));
    }

    private static boolean fits(PodView pod, NodeView node, ClusterView cluster) {
        return Filters.reasonsAgainst(pod, node, cluster.with(node)).isEmpty();
    }
}
