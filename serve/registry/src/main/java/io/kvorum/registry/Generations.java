package io.kvorum.registry;

import io.kvorum.apimachinery.type.ResourceType;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which kinds count changes of their spec in {@code metadata.generation}, and when; pure. */
final class Generations {
    private static final Set<String> BUILT_IN_GROUPS_WITHOUT = Set.of(
            "",
            "rbac.authorization.k8s.io",
            "coordination.k8s.io",
            "events.k8s.io",
            "node.k8s.io",
            "certificates.k8s.io",
            "apiregistration.k8s.io",
            "autoscaling",
            "storage.k8s.io",
            "networking.k8s.io",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "apps");
    private static final Set<String> EXCEPTIONS = Set.of(
            "pods",
            "replicationcontrollers",
            "podtemplates",
            "deployments.apps",
            "replicasets.apps",
            "daemonsets.apps",
            "statefulsets.apps",
            "ingresses.networking.k8s.io",
            "ingressclasses.networking.k8s.io",
            "networkpolicies.networking.k8s.io",
            "csidrivers.storage.k8s.io");

    private Generations() {}

    static boolean counts(ResourceType type) {
        String qualified = type.id().qualified();
        return EXCEPTIONS.contains(qualified)
                || !BUILT_IN_GROUPS_WITHOUT.contains(type.id().group());
    }

    /** Whether anything but metadata and status differs. */
    static boolean isChanged(ObjectNode next, ObjectNode old) {
        return !intent(next).equals(intent(old));
    }

    private static JsonNode intent(ObjectNode object) {
        ObjectNode intent = object.objectNode();
        object.forEachEntry((name, value) -> {
            if (!name.equals("metadata")
                    && !name.equals("status")
                    && !name.equals("kind")
                    && !name.equals("apiVersion")) {
                intent.set(name, value);
            }
        });
        return intent;
    }
}
