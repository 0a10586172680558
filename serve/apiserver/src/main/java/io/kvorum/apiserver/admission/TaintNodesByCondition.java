package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.cluster.KnownResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A new node takes no pods before somebody has seen it ready; any thread. */
final class TaintNodesByCondition implements Plugin {
    private static final String NOT_READY = "node.kubernetes.io/not-ready";
    private static final String EFFECT = "NoSchedule";

    @Override
    public void change(AdmissionRequest request) {
        if (!Subject.isNew(request, KnownResources.NODES)) {
            return;
        }
        ObjectNode spec = Subject.object(request).withObjectProperty("spec");
        for (JsonNode taint : spec.path("taints")) {
            boolean isThere = taint.path("key").asString("").equals(NOT_READY)
                    && taint.path("effect").asString("").equals(EFFECT);
            if (isThere) {
                return;
            }
        }
        spec.withArrayProperty("taints").addObject().put("key", NOT_READY).put("effect", EFFECT);
    }
}
