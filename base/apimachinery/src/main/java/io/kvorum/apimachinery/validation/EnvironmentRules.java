package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A container's environment variables and where they come from. */
final class EnvironmentRules {
    private EnvironmentRules() {}

    static void check(ObjectNode container, Place at, Problems problems) {
        List<ObjectNode> variables = Tree.objects(container, "env");
        for (int i = 0; i < variables.size(); i++) {
            variable(variables.get(i), at.field("env").index(i), problems);
        }
        List<ObjectNode> sources = Tree.objects(container, "envFrom");
        for (int i = 0; i < sources.size(); i++) {
            source(sources.get(i), at.field("envFrom").index(i), problems);
        }
    }

    private static void variable(ObjectNode variable, Place at, Problems problems) {
        String name = Tree.text(variable, "name");
        if (name.isEmpty()) {
            problems.required(at.field("name"));
        } else {
            problems.invalid(at.field("name"), name, Names.envVar(name));
        }
        JsonNode from = Tree.at(variable, "valueFrom");
        if (from.isMissingNode()) {
            return;
        }
        Place here = at.field("valueFrom");
        if (!Tree.text(variable, "value").isEmpty()) {
            problems.invalid(here, "", "may not be specified when `value` is not empty");
        }
        if (from.isEmpty()) {
            problems.invalid(
                    here,
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        } else if (from.size() > 1) {
            problems.invalid(here, "", "may not have more than one field specified at a time");
        }
        keys(from, here, problems);
    }

    private static void keys(JsonNode from, Place at, Problems problems) {
        for (String field : List.of("configMapKeyRef", "secretKeyRef")) {
            if (Tree.has(from, field) && Tree.text(from, field, "key").isEmpty()) {
                problems.required(at.fields(field, "key"));
            }
        }
        if (Tree.has(from, "fieldRef")
                && Tree.text(from, "fieldRef", "fieldPath").isEmpty()) {
            problems.required(at.fields("fieldRef", "fieldPath"));
        }
    }

    private static void source(ObjectNode source, Place at, Problems problems) {
        boolean hasMap = Tree.has(source, "configMapRef");
        boolean hasSecret = Tree.has(source, "secretRef");
        if (!hasMap && !hasSecret) {
            problems.invalid(at, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if (hasMap && hasSecret) {
            problems.invalid(at, "", "may not have more than one field specified at a time");
        }
        String prefix = Tree.text(source, "prefix");
        if (!prefix.isEmpty()) {
            problems.invalid(at.field("prefix"), prefix, Names.envVar(prefix));
        }
    }
}
