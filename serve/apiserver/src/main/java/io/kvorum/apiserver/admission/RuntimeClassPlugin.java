package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Adds to a pod what its runtime class costs and where it can run; any thread. */
final class RuntimeClassPlugin implements Plugin {
    private final ClusterObjects objects;

    RuntimeClassPlugin(ClusterObjects objects) {
        this.objects = objects;
    }

    @Override
    public void change(AdmissionRequest request) {
        if (!Subject.isNew(request, KnownResources.PODS)) {
            return;
        }
        ObjectNode spec = Subject.object(request).withObjectProperty("spec");
        String name = spec.path("runtimeClassName").asString("");
        if (name.isEmpty()) {
            return;
        }
        ObjectNode runtimeClass = objects.find(KnownResources.RUNTIME_CLASSES, "", name)
                .orElseThrow(() ->
                        Subject.forbidden(request, "pod rejected: RuntimeClass \"%s\" not found".formatted(name)));
        JsonNode overhead = runtimeClass.path("overhead").path("podFixed");
        if (!overhead.isEmpty()) {
            spec.set("overhead", overhead.deepCopy());
        }
        addScheduling(request, spec, runtimeClass.path("scheduling"));
    }

    private static void addScheduling(AdmissionRequest request, ObjectNode spec, JsonNode scheduling) {
        for (var label : scheduling.path("nodeSelector").properties()) {
            ObjectNode selector = spec.withObjectProperty("nodeSelector");
            JsonNode own = selector.path(label.getKey());
            if (!own.isMissingNode() && !own.equals(label.getValue())) {
                throw Subject.forbidden(
                        request,
                        "conflict: runtimeClass.scheduling.nodeSelector[%s] = %s; pod.spec.nodeSelector[%s] = %s"
                                .formatted(
                                        label.getKey(),
                                        label.getValue().asString(""),
                                        label.getKey(),
                                        own.asString("")));
            }
            selector.set(label.getKey(), label.getValue());
        }
        if (!scheduling.path("tolerations").isEmpty()) {
            ArrayNode tolerations = spec.withArrayProperty("tolerations");
            scheduling.path("tolerations").forEach(each -> tolerations.add(each.deepCopy()));
        }
    }
}
