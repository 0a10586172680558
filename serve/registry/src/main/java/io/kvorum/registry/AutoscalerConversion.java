package io.kvorum.registry;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * autoscaling/v1 knows one metric, the cpu's utilization, in fields of its own; version 2 has a list of metrics. What the
 * first version cannot say travels in an annotation, so that an old client's update does not lose it.
 */
record AutoscalerConversion() implements VersionConversion {
    private static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
    private static final String CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics";
    private static final String BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
    private static final String CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";

    @Override
    public ObjectNode served(ObjectNode stored) {
        stored.put("apiVersion", "autoscaling/v1");
        ObjectNode spec = Tree.ensureObject(stored, "spec");
        takeCpu(spec, "metrics", "target", "targetCPUUtilizationPercentage");
        keep(stored, spec, "metrics", METRICS);
        keep(stored, spec, "behavior", BEHAVIOR);
        if (stored.get("status") instanceof ObjectNode status) {
            takeCpu(status, "currentMetrics", "current", "currentCPUUtilizationPercentage");
            keep(stored, status, "currentMetrics", CURRENT);
            keep(stored, status, "conditions", CONDITIONS);
        }
        return stored;
    }

    @Override
    public ObjectNode stored(ObjectNode served) {
        ObjectNode copy = served.deepCopy();
        copy.put("apiVersion", "autoscaling/v2");
        ObjectNode spec = Tree.ensureObject(copy, "spec");
        bringBack(copy, spec, "metrics", METRICS);
        bringBack(copy, spec, "behavior", BEHAVIOR);
        putCpu(spec, "metrics", "target", "targetCPUUtilizationPercentage");
        if (copy.get("status") instanceof ObjectNode status) {
            bringBack(copy, status, "currentMetrics", CURRENT);
            bringBack(copy, status, "conditions", CONDITIONS);
            putCpu(status, "currentMetrics", "current", "currentCPUUtilizationPercentage");
        }
        return copy;
    }

    private static void takeCpu(ObjectNode holder, String list, String field, String plain) {
        if (!(holder.get(list) instanceof ArrayNode metrics)) {
            return;
        }
        for (int i = 0; i < metrics.size(); i++) {
            JsonNode percent = Tree.at(metrics.get(i), "resource", field, "averageUtilization");
            boolean isCpu = Tree.text(metrics.get(i), "resource", "name").equals("cpu");
            if (isCpu && percent.isNumber()) {
                holder.set(plain, percent);
                metrics.remove(i);
                break;
            }
        }
        if (metrics.isEmpty()) {
            holder.remove(list);
        }
    }

    private static void putCpu(ObjectNode holder, String list, String field, String plain) {
        JsonNode percent = holder.remove(plain);
        if (percent == null || !percent.isNumber()) {
            return;
        }
        ObjectNode metric = holder.withArrayProperty(list).insertObject(0);
        ObjectNode value = metric.put("type", "Resource")
                .putObject("resource")
                .put("name", "cpu")
                .putObject(field);
        if (field.equals("target")) {
            value.put("type", "Utilization");
        }
        value.set("averageUtilization", percent);
    }

    private static void keep(ObjectNode object, ObjectNode holder, String field, String annotation) {
        JsonNode value = holder.remove(field);
        if (value != null && !value.isNull()) {
            Tree.ensureObject(Tree.ensureObject(object, "metadata"), "annotations")
                    .put(annotation, value.toString());
        }
    }

    private static void bringBack(ObjectNode object, ObjectNode holder, String field, String annotation) {
        Optional<ObjectNode> annotations = Tree.objectAt(object, "metadata", "annotations");
        JsonNode text = annotations.map(found -> found.remove(annotation)).orElse(null);
        if (text != null && text.isString()) {
            holder.set(field, ObjectFormat.value(text.stringValue()));
        }
    }
}
