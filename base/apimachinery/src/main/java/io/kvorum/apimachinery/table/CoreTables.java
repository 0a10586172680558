package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** The small kinds of the core group, and leases. */
final class CoreTables {
    private CoreTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "namespaces",
                Layout.of(
                        row -> row.name()
                                .text(Tree.text(row.object(), "status", "phase"))
                                .age(),
                        Column.named(),
                        Column.text("Status", "Active or Terminating."),
                        Column.age()));
        layouts.put(
                "configmaps",
                Layout.of(
                        row -> row.name()
                                .number(Tree.at(row.object(), "data").size()
                                        + Tree.at(row.object(), "binaryData").size())
                                .age(),
                        Column.named(),
                        Column.number("Data", "How many entries it has."),
                        Column.age()));
        layouts.put(
                "secrets",
                Layout.of(
                        row -> row.name()
                                .text(Tree.text(row.object(), "type"))
                                .number(Tree.at(row.object(), "data").size())
                                .age(),
                        Column.named(),
                        Column.text("Type", "What it is used for."),
                        Column.number("Data", "How many entries it has."),
                        Column.age()));
        layouts.put(
                "serviceaccounts",
                Layout.of(
                        row -> row.name()
                                .number(Tree.list(row.object(), "secrets").size())
                                .age(),
                        Column.named(),
                        Column.number("Secrets", "How many secrets it may mount."),
                        Column.age()));
        layouts.put(
                "resourcequotas",
                Layout.of(
                        CoreTables::quota,
                        Column.named(),
                        Column.text("Request", "What is used of what is allowed, without limits."),
                        Column.text("Limit", "What is used of what is allowed, of limits."),
                        Column.age()));
        layouts.put(
                "componentstatuses",
                Layout.of(
                        CoreTables::component,
                        Column.named(),
                        Column.text("Status", "Healthy, Unhealthy or Unknown."),
                        Column.text("Message", "What the check said."),
                        Column.text("Error", "Why the check failed.")));
        layouts.put(
                "leases.coordination.k8s.io",
                Layout.of(
                        row -> row.name()
                                .text(Tree.text(row.object(), "spec", "holderIdentity"))
                                .age(),
                        Column.named(),
                        Column.text("Holder", "Who has it."),
                        Column.age()));
    }

    private static void quota(Row row) {
        List<String> requests = new ArrayList<>();
        List<String> limits = new ArrayList<>();
        Tree.textMap(row.object(), "status", "hard").forEach((resource, hard) -> {
            String used = Row.orElse(Tree.text(row.object(), "status", "used", resource), "0");
            (resource.startsWith("limits.") ? limits : requests).add(resource + ": " + used + "/" + hard);
        });
        row.name()
                .text(String.join(", ", requests))
                .text(String.join(", ", limits))
                .age();
    }

    private static void component(Row row) {
        List<ObjectNode> health = Tree.objects(row.object(), "conditions").stream()
                .filter(each -> Tree.text(each, "type").equals("Healthy"))
                .toList();
        String status = health.stream()
                .map(each -> switch (Tree.text(each, "status")) {
                    case "True" -> "Healthy";
                    case "False" -> "Unhealthy";
                    default -> "Unknown";
                })
                .findFirst()
                .orElse("Unknown");
        row.name().text(status).text(joined(health, "message")).text(joined(health, "error"));
    }

    private static String joined(List<ObjectNode> objects, String field) {
        return objects.stream().map(each -> Tree.text(each, field)).collect(Collectors.joining(","));
    }
}
