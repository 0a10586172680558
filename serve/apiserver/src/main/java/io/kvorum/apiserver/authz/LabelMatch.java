package io.kvorum.apiserver.authz;

import static io.kvorum.apiserver.cluster.Fields.strings;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Whether an object has the labels that a selector in an object asks for; any thread. */
final class LabelMatch {
    private LabelMatch() {}

    static boolean matches(JsonNode selector, JsonNode object) {
        JsonNode labels = object.path("metadata").path("labels");
        for (var wanted : selector.path("matchLabels").properties()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            if (!matchesExpression(expression, labels)) {
                return false;
            }
        }
        return selector.path("matchLabels").size()
                        + selector.path("matchExpressions").size()
                > 0;
    }

    private static boolean matchesExpression(JsonNode expression, JsonNode labels) {
        String key = expression.path("key").asString("");
        List<String> values = strings(expression.path("values"));
        boolean isPresent = labels.has(key);
        boolean isOneOf = isPresent && values.contains(labels.path(key).asString(""));
        return switch (expression.path("operator").asString("")) {
            case "In" -> isOneOf;
            case "NotIn" -> !isOneOf;
            case "Exists" -> isPresent;
            case "DoesNotExist" -> !isPresent;
            default -> false;
        };
    }
}
