package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Horizontal pod autoscalers, of version 1 and 2. */
final class AutoscalingDefaults {
    private static final int CPU_PERCENT = 80;
    private static final int PERIOD_SECONDS = 15;

    private AutoscalingDefaults() {}

    static void horizontalPodAutoscaler(ObjectNode autoscaler) {
        ObjectNode spec = ensureObject(autoscaler, "spec");
        fill(spec, "minReplicas", 1);
        boolean isFirstVersion = Tree.text(autoscaler, "apiVersion").equals("autoscaling/v1");
        if (isFirstVersion) {
            return;
        }
        if (Tree.at(spec, "metrics").isEmpty()) {
            ObjectNode metric = spec.putArray("metrics").addObject();
            metric.put("type", "Resource");
            ObjectNode target = metric.putObject("resource").put("name", "cpu").putObject("target");
            target.put("type", "Utilization").put("averageUtilization", CPU_PERCENT);
        }
        objectAt(spec, "behavior").ifPresent(AutoscalingDefaults::behavior);
    }

    private static void behavior(ObjectNode behavior) {
        ObjectNode up = ensureObject(behavior, "scaleUp");
        fill(up, "stabilizationWindowSeconds", 0);
        rules(up, true);
        rules(ensureObject(behavior, "scaleDown"), false);
    }

    private static void rules(ObjectNode direction, boolean isUp) {
        fill(direction, "selectPolicy", "Max");
        if (Tree.at(direction, "policies").isEmpty()) {
            ArrayNode policies = direction.putArray("policies");
            if (isUp) {
                policy(policies, "Pods", 4);
            }
            policy(policies, "Percent", 100);
        }
    }

    private static void policy(ArrayNode policies, String type, int value) {
        policies.addObject().put("type", type).put("value", value).put("periodSeconds", PERIOD_SECONDS);
    }
}
