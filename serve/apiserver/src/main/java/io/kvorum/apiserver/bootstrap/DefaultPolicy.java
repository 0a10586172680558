package io.kvorum.apiserver.bootstrap;

import io.kvorum.apiserver.authz.Escalation;
import io.kvorum.apiserver.authz.PolicyRule;
import io.kvorum.apiserver.bootstrap.PolicyFile.Entry;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The roles and bindings every cluster starts with, and how a cluster that changed them gets back what it lacks. */
public final class DefaultPolicy {
    /** Set to false by an administrator who wants an object left alone. */
    static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";

    private static final String NODE_ROLE = "system:node";

    private DefaultPolicy() {}

    static List<Entry> entries() {
        return PolicyFile.read();
    }

    /** What every node may do whatever runs on it: the default rules of the role {@code system:node}. */
    public static List<PolicyRule> nodeRules() {
        return entries().stream()
                .filter(entry -> entry.resource().equals(KnownResources.CLUSTER_ROLES))
                .filter(entry -> Fields.name(entry.object()).equals(NODE_ROLE))
                .flatMap(entry -> PolicyRule.list(entry.object().path("rules")).stream())
                .toList();
    }

    /** Adds what the current object lacks of the wanted one; what is more than wanted stays. */
    static ObjectNode reconciled(ObjectNode current, ObjectNode wanted) {
        ObjectNode merged = current.deepCopy();
        if (current.path("metadata")
                .path("annotations")
                .path(AUTO_UPDATE)
                .asString("")
                .equals("false")) {
            return merged;
        }
        addFields(
                merged.withObjectProperty("metadata").withObjectProperty("labels"),
                wanted.path("metadata").path("labels"));
        addFields(
                merged.withObjectProperty("metadata").withObjectProperty("annotations"),
                wanted.path("metadata").path("annotations"));
        addRules(merged, wanted);
        addItems(merged, wanted, "subjects");
        if (wanted.has("aggregationRule") && !merged.has("aggregationRule")) {
            merged.set("aggregationRule", wanted.get("aggregationRule"));
        }
        return merged;
    }

    private static void addFields(ObjectNode target, JsonNode wanted) {
        wanted.properties().forEach(field -> target.set(field.getKey(), field.getValue()));
    }

    private static void addRules(ObjectNode merged, ObjectNode wanted) {
        List<PolicyRule> missing =
                Escalation.notCovered(PolicyRule.list(merged.path("rules")), PolicyRule.list(wanted.path("rules")));
        if (!missing.isEmpty()) {
            ArrayNode rules = merged.withArrayProperty("rules");
            missing.forEach(rule -> rules.add(rule.json()));
        }
    }

    private static void addItems(ObjectNode merged, ObjectNode wanted, String field) {
        if (wanted.path(field).isEmpty()) {
            return;
        }
        ArrayNode target = merged.withArrayProperty(field);
        List<JsonNode> held = new ArrayList<>();
        target.forEach(held::add);
        wanted.path(field).forEach(item -> {
            if (!held.contains(item)) {
                target.add(item);
            }
        });
    }
}
