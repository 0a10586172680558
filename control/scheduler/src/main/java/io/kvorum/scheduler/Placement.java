package io.kvorum.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Where a pod goes, or why nowhere. */
sealed interface Placement {
    /** The best node. */
    record On(String node) implements Placement {}

    /** How many nodes there are, and how many of them each reason speaks against. */
    record Nowhere(int nodes, Map<String, Integer> reasons) implements Placement {
        /** Such as {@code 0/1 nodes are available: 1 Insufficient cpu.} */
        String message() {
            if (nodes == 0) {
                return "no nodes available to schedule pods";
            }
            String counts = reasons.entrySet().stream()
                    .map(reason -> reason.getValue() + " " + reason.getKey())
                    .sorted()
                    .collect(Collectors.joining(", "));
            return "0/" + nodes + " nodes are available: " + counts + ".";
        }
    }

    /** A pure choice but for the drawing of lots among equals. */
    static Placement choose(PodView pod, ClusterView cluster, RandomGenerator random) {
        List<NodeView> feasible = new ArrayList<>();
        Map<String, Integer> reasons = new TreeMap<>();
        for (NodeView node : cluster.nodes()) {
            List<String> against = Filters.reasonsAgainst(pod, node, cluster);
            if (against.isEmpty()) {
                feasible.add(node);
            }
            against.forEach(reason -> reasons.merge(reason, 1, Integer::sum));
        }
        if (feasible.isEmpty()) {
            return new Nowhere(cluster.nodes().size(), reasons);
        }
        long[] scores = Scores.of(pod, feasible, cluster);
        long best = Arrays.stream(scores).max().orElse(0);
        List<NodeView> winners = new ArrayList<>();
        for (int index = 0; index < scores.length; index++) {
            if (scores[index] == best) {
                winners.add(feasible.get(index));
            }
        }
        return new On(winners.get(random.nextInt(winners.size())).name());
    }
}
