package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import io.kvorum.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Applies a namespace's LimitRanges to new pods and claims: fills in defaults, then checks least and most. Any thread. */
final class LimitRanger implements Plugin {
    private final ClusterObjects objects;

    LimitRanger(ClusterObjects objects) {
        this.objects = objects;
    }

    @Override
    public void change(AdmissionRequest request) {
        if (!Subject.isNew(request, KnownResources.PODS)) {
            return;
        }
        ObjectNode pod = Subject.object(request);
        for (JsonNode limit : limits(request, "Container")) {
            for (JsonNode container : containers(pod)) {
                if (container instanceof ObjectNode object) {
                    fill(object, "limits", limit.path("default"));
                    fill(object, "requests", limit.path("defaultRequest"));
                }
            }
        }
    }

    @Override
    public void check(AdmissionRequest request) {
        List<String> problems = new ArrayList<>();
        if (Subject.isNew(request, KnownResources.PODS)) {
            for (JsonNode limit : limits(request, "Container")) {
                containers(Subject.object(request)).forEach(each -> checkBounds(problems, "Container", limit, each));
            }
        } else if (Subject.isNew(request, KnownResources.VOLUME_CLAIMS)) {
            limits(request, "PersistentVolumeClaim")
                    .forEach(limit -> checkBounds(
                            problems,
                            "PersistentVolumeClaim",
                            limit,
                            Subject.object(request).path("spec")));
        }
        if (!problems.isEmpty()) {
            throw Subject.forbidden(
                    request, problems.size() == 1 ? problems.getFirst() : "[" + String.join(", ", problems) + "]");
        }
    }

    private List<JsonNode> limits(AdmissionRequest request, String type) {
        List<JsonNode> limits = new ArrayList<>();
        objects.list(KnownResources.LIMIT_RANGES, request.namespace()).stream()
                .filter(range -> !Fields.isBeingDeleted(range))
                .forEach(range -> range.path("spec").path("limits").forEach(limit -> {
                    if (limit.path("type").asString("").equals(type)) {
                        limits.add(limit);
                    }
                }));
        return limits;
    }

    private static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> containers = new ArrayList<>();
        pod.path("spec").path("initContainers").forEach(containers::add);
        pod.path("spec").path("containers").forEach(containers::add);
        return containers;
    }

    private static void fill(ObjectNode container, String field, JsonNode defaults) {
        for (var each : defaults.properties()) {
            ObjectNode resources = container.withObjectProperty("resources");
            ObjectNode target = resources.withObjectProperty(field);
            if (!target.has(each.getKey())) {
                target.set(each.getKey(), each.getValue());
            }
        }
    }

    private static void checkBounds(List<String> problems, String type, JsonNode limit, JsonNode owner) {
        JsonNode requests = owner.path("resources").path("requests");
        JsonNode limits = owner.path("resources").path("limits");
        for (var least : limit.path("min").properties()) {
            String name = least.getKey();
            String value = least.getValue().asString("0");
            if (!requests.has(name)) {
                problems.add("minimum %s usage per %s is %s.  No request is specified".formatted(name, type, value));
            } else if (compare(requests.path(name), least.getValue()) < 0) {
                problems.add("minimum %s usage per %s is %s, but request is %s"
                        .formatted(name, type, value, requests.path(name).asString("")));
            }
        }
        for (var most : limit.path("max").properties()) {
            String name = most.getKey();
            String value = most.getValue().asString("0");
            boolean isClaim = type.equals("PersistentVolumeClaim");
            JsonNode used = isClaim ? requests.path(name) : limits.path(name);
            if (used.isMissingNode()) {
                problems.add("maximum %s usage per %s is %s.  No limit is specified".formatted(name, type, value));
            } else if (compare(used, most.getValue()) > 0) {
                problems.add("maximum %s usage per %s is %s, but %s is %s"
                        .formatted(name, type, value, isClaim ? "request" : "limit", used.asString("")));
            }
        }
    }

    private static int compare(JsonNode one, JsonNode other) {
        return Quantity.parse(one.asString("0")).compareTo(Quantity.parse(other.asString("0")));
    }
}
