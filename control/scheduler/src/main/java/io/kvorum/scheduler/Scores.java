package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.kvorum.client.Tolerations;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/** How well each feasible node suits a pod: sums of 0..100 per view, weighted as upstream does. Pure functions. */
final class Scores {
    private static final long MOST = 100;
    private static final long MIB = 1024 * 1024;

    private Scores() {}

    /** One number per node, in the order given. */
    static long[] of(PodView pod, List<NodeView> nodes, ClusterView cluster) {
        long[] total = new long[nodes.size()];
        add(total, 1, nodes, node -> leastAllocated(pod, node));
        add(total, 1, nodes, node -> balanced(pod, node));
        add(total, 1, nodes, node -> imageLocality(pod, node));
        addSpread(total, 3, nodes, node -> -untolerated(pod, node));
        addSpread(total, 2, nodes, node -> nodePreference(pod, node));
        if (PodAffinities.hasPreferences(pod)) {
            addSpread(total, 2, nodes, node -> PodAffinities.preference(pod, node, cluster));
        }
        if (Spread.hasSoft(pod)) {
            addSpread(total, 2, nodes, node -> -Spread.crowd(pod, node, cluster));
        }
        return total;
    }

    private static void add(long[] total, long weight, List<NodeView> nodes, ToLongFunction<NodeView> score) {
        Arrays.setAll(total, index -> total[index] + weight * score.applyAsLong(nodes.get(index)));
    }

    /** Stretches raw values over 0..100; equal ones all get the same. */
    private static void addSpread(long[] total, long weight, List<NodeView> nodes, ToLongFunction<NodeView> raw) {
        long[] values = nodes.stream().mapToLong(raw).toArray();
        long least = Arrays.stream(values).min().orElse(0);
        long most = Arrays.stream(values).max().orElse(0);
        Arrays.setAll(
                total,
                index -> total[index]
                        + weight * (most == least ? MOST : (values[index] - least) * MOST / (most - least)));
    }

    private static long leastAllocated(PodView pod, NodeView node) {
        return (free(pod, node, Resources.CPU) + free(pod, node, Resources.MEMORY)) / 2;
    }

    private static long free(PodView pod, NodeView node, String resource) {
        long capacity = node.allocatable().of(resource);
        long used = node.assumed().of(resource) + pod.assumed().of(resource);
        return capacity == 0 || used > capacity ? 0 : (capacity - used) * MOST / capacity;
    }

    private static long balanced(PodView pod, NodeView node) {
        double cpu = share(pod, node, Resources.CPU);
        double memory = share(pod, node, Resources.MEMORY);
        return (long) ((1 - Math.abs(cpu - memory) / 2) * MOST);
    }

    private static double share(PodView pod, NodeView node, String resource) {
        long capacity = node.allocatable().of(resource);
        long used = node.requested().of(resource) + pod.requests().of(resource);
        return capacity == 0 ? 1 : Math.min(1, (double) used / capacity);
    }

    private static long imageLocality(PodView pod, NodeView node) {
        long bytes = pod.pod().getSpec().getContainers().stream()
                .mapToLong(container -> node.imageBytes().getOrDefault(container.getImage(), 0L))
                .sum();
        long least = 23 * MIB;
        long most = 1000 * MIB * Math.max(1, pod.pod().getSpec().getContainers().size());
        long clamped = Math.min(most, Math.max(least, bytes));
        return (clamped - least) * MOST / (most - least);
    }

    private static long untolerated(PodView pod, NodeView node) {
        return node.taints().stream()
                .filter(taint -> "PreferNoSchedule".equals(taint.getEffect()))
                .filter(taint -> !Tolerations.tolerate(pod.pod().getSpec().getTolerations(), taint))
                .count();
    }

    private static long nodePreference(PodView pod, NodeView node) {
        List<PreferredSchedulingTerm> terms = pod.affinity()
                .map(Affinity::getNodeAffinity)
                .map(affinity -> affinity.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
        return terms.stream()
                .filter(term -> Terms.matches(term.getPreference(), node))
                .mapToLong(PreferredSchedulingTerm::getWeight)
                .sum();
    }
}
