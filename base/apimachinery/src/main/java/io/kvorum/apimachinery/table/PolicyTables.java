package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Priorities, disruption budgets and the fair sharing of requests. */
final class PolicyTables {
    private PolicyTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "poddisruptionbudgets.policy",
                Layout.of(
                        PolicyTables::budget,
                        Column.named(),
                        Column.text("Min Available", "How many pods must stay."),
                        Column.text("Max Unavailable", "How many pods may be missing."),
                        Column.number("Allowed Disruptions", "How many pods may be evicted now."),
                        Column.age()));
        layouts.put(
                "priorityclasses.scheduling.k8s.io",
                Layout.of(
                        PolicyTables::priorityClass,
                        Column.named(),
                        Column.number("Value", "The priority of its pods."),
                        Column.flag("Global-Default", "Whether pods without a class get it."),
                        Column.age(),
                        Column.text("PreemptionPolicy", "Whether its pods may push out others.")));
        layouts.put(
                "runtimeclasses.node.k8s.io",
                Layout.of(
                        row -> row.name()
                                .text(Tree.text(row.object(), "handler"))
                                .age(),
                        Column.named(),
                        Column.text("Handler", "What the container runtime calls it."),
                        Column.age()));
        layouts.put(
                "flowschemas.flowcontrol.apiserver.k8s.io",
                Layout.of(
                        PolicyTables::flowSchema,
                        Column.named(),
                        Column.text("PriorityLevel", "The level that its requests go to."),
                        Column.number("MatchingPrecedence", "Which schema is tried first."),
                        Column.text("DistinguisherMethod", "How flows are told apart."),
                        Column.age(),
                        Column.text("MissingPL", "Whether that level does not exist.")));
        layouts.put(
                "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
                Layout.of(
                        PolicyTables::priorityLevel,
                        Column.named(),
                        Column.text("Type", "Limited or Exempt."),
                        Column.text("NominalConcurrencyShares", "Its share of the requests at once."),
                        Column.text("Queues", "How many queues it has."),
                        Column.text("HandSize", "How many of them one flow uses."),
                        Column.text("QueueLengthLimit", "How long a queue may be."),
                        Column.age()));
    }

    private static void budget(Row row) {
        ObjectNode object = row.object();
        row.name()
                .text(Row.orElse(Tree.scalar(object, "spec", "minAvailable"), "N/A"))
                .text(Row.orElse(Tree.scalar(object, "spec", "maxUnavailable"), "N/A"))
                .number(Tree.number(object, "status", "disruptionsAllowed"))
                .age();
    }

    private static void priorityClass(Row row) {
        ObjectNode object = row.object();
        row.name()
                .number(Tree.number(object, "value"))
                .flag(Tree.flag(object, "globalDefault"))
                .age()
                .text(Tree.text(object, "preemptionPolicy"));
    }

    private static void flowSchema(Row row) {
        ObjectNode object = row.object();
        String missing = Tree.objects(object, "status", "conditions").stream()
                .filter(each -> Tree.text(each, "type").equals("Dangling"))
                .map(each -> Tree.text(each, "status"))
                .findFirst()
                .orElse("?");
        row.name()
                .text(Tree.text(object, "spec", "priorityLevelConfiguration", "name"))
                .number(Tree.number(object, "spec", "matchingPrecedence"))
                .text(Row.orElse(Tree.text(object, "spec", "distinguisherMethod", "type"), Row.NONE))
                .age()
                .text(missing);
    }

    private static void priorityLevel(Row row) {
        JsonNode spec = Tree.at(row.object(), "spec");
        JsonNode limited = Tree.has(spec, "limited") ? Tree.at(spec, "limited") : Tree.at(spec, "exempt");
        JsonNode queuing = Tree.at(limited, "limitResponse", "queuing");
        row.name()
                .text(Tree.text(spec, "type"))
                .text(Row.orElse(Tree.scalar(limited, "nominalConcurrencyShares"), Row.NONE))
                .text(Row.orElse(Tree.scalar(queuing, "queues"), Row.NONE))
                .text(Row.orElse(Tree.scalar(queuing, "handSize"), Row.NONE))
                .text(Row.orElse(Tree.scalar(queuing, "queueLengthLimit"), Row.NONE))
                .age();
    }
}
