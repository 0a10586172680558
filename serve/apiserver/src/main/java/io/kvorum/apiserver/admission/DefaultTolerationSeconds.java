package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.ApiServerConfig;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods stay on a lost node for so long, five minutes as a rule, unless they say otherwise; any thread. */
final class DefaultTolerationSeconds implements Plugin {
    private final SortedMap<String, Integer> secondsByTaint;

    DefaultTolerationSeconds(ApiServerConfig.LostNodes lostNodes) {
        this.secondsByTaint = new TreeMap<>(Map.of(
                "node.kubernetes.io/not-ready", lostNodes.notReadySeconds(),
                "node.kubernetes.io/unreachable", lostNodes.unreachableSeconds()));
    }

    @Override
    public void change(AdmissionRequest request) {
        boolean isWrite = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!isWrite || !Subject.is(request, KnownResources.PODS)) {
            return;
        }
        ObjectNode spec = Subject.object(request).withObjectProperty("spec");
        secondsByTaint.forEach((taint, seconds) -> {
            if (!isTolerated(spec.path("tolerations"), taint)) {
                spec.withArrayProperty("tolerations")
                        .addObject()
                        .put("key", taint)
                        .put("operator", "Exists")
                        .put("effect", "NoExecute")
                        .put("tolerationSeconds", seconds);
            }
        });
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
