package io.kvorum.registry;

import io.kvorum.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods begin pending, with a quality of service, and are given time to end. */
final class PodStrategy implements Strategy {
    private static final long STANDARD_GRACE_SECONDS = 30;
    private static final List<String> RESOURCES_THAT_COUNT = List.of("cpu", "memory");

    @Override
    public void prepareCreate(ObjectNode object) {
        object.putObject("status").put("phase", "Pending").put("qosClass", qosClass(object.path("spec")));
    }

    @Override
    public long graceSeconds(ObjectNode pod, @Nullable Long asked) {
        String phase = pod.path("status").path("phase").asString("");
        boolean neverRan = pod.path("spec").path("nodeName").asString("").isEmpty();
        if (neverRan || phase.equals("Failed") || phase.equals("Succeeded")) {
            return 0;
        }
        if (asked != null) {
            return asked;
        }
        return pod.path("spec").path("terminationGracePeriodSeconds").asLong(STANDARD_GRACE_SECONDS);
    }

    /** BestEffort asks for nothing; Guaranteed limits cpu and memory of every container to what it asks for. */
    static String qosClass(JsonNode spec) {
        boolean isGuaranteed = true;
        boolean asksForAnything = false;
        for (String list : List.of("initContainers", "containers")) {
            for (JsonNode container : spec.path(list)) {
                JsonNode requests = container.path("resources").path("requests");
                JsonNode limits = container.path("resources").path("limits");
                for (String resource : RESOURCES_THAT_COUNT) {
                    Quantity limit = quantity(limits.path(resource));
                    Quantity request = quantity(requests.path(resource));
                    asksForAnything |= !limit.isZero() || !request.isZero();
                    isGuaranteed &= !limit.isZero() && (request.isZero() || request.compareTo(limit) == 0);
                }
            }
        }
        if (!asksForAnything) {
            return "BestEffort";
        }
        return isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static Quantity quantity(JsonNode node) {
        try {
            return node.isMissingNode() ? Quantity.ZERO : Quantity.parse(node.asString("0"));
        } catch (Quantity.Malformed e) {
            return Quantity.ZERO;
        }
    }
}
