package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.cluster.KnownResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods stay on a lost node for five minutes unless they say otherwise; any thread. */
final class DefaultTolerationSeconds implements Plugin {
    private static final int SECONDS = 300;
    private static final String[] TAINTS = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"};

    @Override
    public void change(AdmissionRequest request) {
        boolean isWrite = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!isWrite || !Subject.is(request, KnownResources.PODS)) {
            return;
        }
        ObjectNode spec = Subject.object(request).withObjectProperty("spec");
        for (String taint : TAINTS) {
            if (!isTolerated(spec.path("tolerations"), taint)) {
                spec.withArrayProperty("tolerations")
                        .addObject()
                        .put("key", taint)
                        .put("operator", "Exists")
                        .put("effect", "NoExecute")
                        .put("tolerationSeconds", SECONDS);
            }
        }
    }

    private static boolean isTolerated(JsonNode tolerations, String taint) {
        for (JsonNode toleration : tolerations) {
            String key = toleration.path("key").asString("");
            String effect = toleration.path("effect").asString("");
            if ((key.isEmpty() || key.equals(taint)) && (effect.isEmpty() || effect.equals("NoExecute"))) {
                return true;
            }
        }
        return false;
    }
}
