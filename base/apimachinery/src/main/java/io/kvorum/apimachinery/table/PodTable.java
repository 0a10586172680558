package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.NONE;
import static io.kvorum.apimachinery.table.Row.orElse;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods: what their containers' states add up to is {@link PodSummary}'s. */
final class PodTable {
    static final Layout LAYOUT = Layout.of(
            PodTable::cells,
            Column.named(),
            Column.text("Ready", "How many of the pod's containers are ready, of how many."),
            Column.text("Status", "What the states of the pod's containers add up to."),
            Column.text("Restarts", "How often its containers have been restarted, and when last."),
            Column.age(),
            Column.wide("IP", "The pod's address."),
            Column.wide("Node", "The node that the pod is assigned to."),
            Column.wide("Nominated Node", "The node where room is being made for the pod."),
            Column.wide("Readiness Gates", "How many of the pod's own readiness conditions hold, of how many."));

    private PodTable() {}

    private static void cells(Row row) {
        ObjectNode pod = row.object();
        PodSummary summary = PodSummary.of(pod);
        switch (Tree.text(pod, "status", "phase")) {
            case "Succeeded" -> row.completed("Succeeded", "The pod has completed successfully.");
            case "Failed" -> row.completed("Failed", "The pod failed.");
            default -> {}
        }
        row.name()
                .text(summary.ready() + "/" + summary.total())
                .text(summary.status())
                .text(restarts(summary, row))
                .age()
                .text(address(pod))
                .text(orElse(Tree.text(pod, "spec", "nodeName"), NONE))
                .text(orElse(Tree.text(pod, "status", "nominatedNodeName"), NONE))
                .text(readinessGates(pod));
    }

    private static String restarts(PodSummary summary, Row row) {
        if (summary.restarts() == 0 || summary.lastRestart().isEmpty()) {
            return Long.toString(summary.restarts());
        }
        return summary.restarts() + " (" + row.ago(summary.lastRestart()) + " ago)";
    }

    private static String address(ObjectNode pod) {
        List<ObjectNode> addresses = Tree.objects(pod, "status", "podIPs");
        String first = addresses.isEmpty() ? Tree.text(pod, "status", "podIP") : Tree.text(addresses.getFirst(), "ip");
        return orElse(first, NONE);
    }

    private static String readinessGates(ObjectNode pod) {
        List<ObjectNode> gates = Tree.objects(pod, "spec", "readinessGates");
        if (gates.isEmpty()) {
            return NONE;
        }
        long held = gates.stream()
                .filter(gate -> holds(pod, Tree.text(gate, "conditionType")))
                .count();
        return held + "/" + gates.size();
    }

    static boolean holds(JsonNode object, String condition) {
        return Tree.objects(object, "status", "conditions").stream()
                .anyMatch(each -> Tree.text(each, "type").equals(condition)
                        && Tree.text(each, "status").equals("True"));
    }
}
