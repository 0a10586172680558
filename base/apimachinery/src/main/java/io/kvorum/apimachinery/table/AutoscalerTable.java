package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.UNKNOWN;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Horizontal pod autoscalers, of version 1 and 2. */
final class AutoscalerTable {
    static final Layout LAYOUT = Layout.of(
            AutoscalerTable::cells,
            Column.named(),
            Column.text("Reference", "What is scaled."),
            Column.text("Targets", "Measured and wanted values."),
            Column.text("MinPods", "The least number of pods."),
            Column.text("MaxPods", "The greatest number of pods."),
            Column.number("Replicas", "How many pods there are."),
            Column.age());

    private AutoscalerTable() {}

    private static void cells(Row row) {
        ObjectNode object = row.object();
        JsonNode target = Tree.at(object, "spec", "scaleTargetRef");
        row.name()
                .text(Tree.text(target, "kind") + "/" + Tree.text(target, "name"))
                .text(Row.orElse(targets(object), Row.NONE))
                .text(Row.orElse(Tree.scalar(object, "spec", "minReplicas"), Row.UNSET))
                .text(Tree.scalar(object, "spec", "maxReplicas"))
                .number(Tree.number(object, "status", "currentReplicas"))
                .age();
    }

    private static String targets(ObjectNode object) {
        if (Tree.has(object, "spec", "targetCPUUtilizationPercentage")) {
            String current = Tree.scalar(object, "status", "currentCPUUtilizationPercentage");
            return "cpu: %s/%s%%"
                    .formatted(
                            current.isEmpty() ? UNKNOWN : current + "%",
                            Tree.scalar(object, "spec", "targetCPUUtilizationPercentage"));
        }
        List<String> targets = new ArrayList<>();
        List<ObjectNode> current = Tree.objects(object, "status", "currentMetrics");
        for (ObjectNode metric : Tree.objects(object, "spec", "metrics")) {
            int at = targets.size();
            targets.add(target(metric, at < current.size() ? current.get(at) : Tree.object()));
        }
        int shown = Math.min(targets.size(), 2);
        String text = String.join(", ", targets.subList(0, shown));
        return shown < targets.size() ? text + " + " + (targets.size() - shown) + " more..." : text;
    }

    private static String target(ObjectNode metric, ObjectNode measured) {
        String type = Tree.text(metric, "type");
        String field = type.isEmpty() ? "resource" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
        JsonNode source = Tree.at(metric, field);
        JsonNode wanted = Tree.at(source, "target");
        JsonNode current = Tree.at(measured, field, "current");
        String name = type.endsWith("esource") ? Tree.text(source, "name") + ": " : "";
        if (Tree.has(wanted, "averageUtilization")) {
            String percent = Tree.scalar(current, "averageUtilization");
            return name + (percent.isEmpty() ? UNKNOWN : percent + "%") + "/"
                    + Tree.scalar(wanted, "averageUtilization") + "%";
        }
        if (Tree.has(wanted, "averageValue")) {
            return name + Row.orElse(Tree.scalar(current, "averageValue"), UNKNOWN) + "/"
                    + Tree.scalar(wanted, "averageValue") + (type.equals("External") ? " (avg)" : "");
        }
        return name + Row.orElse(Tree.scalar(current, "value"), UNKNOWN) + "/" + Tree.scalar(wanted, "value");
    }
}
