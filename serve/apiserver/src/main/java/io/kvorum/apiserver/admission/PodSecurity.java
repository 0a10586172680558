package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Holds new pods to the Pod Security Standard that their namespace's label enforces; without one, to none. Any thread. */
final class PodSecurity implements Plugin {
    private static final String ENFORCE = "pod-security.kubernetes.io/enforce";

    private final ClusterObjects objects;

    PodSecurity(ClusterObjects objects) {
        this.objects = objects;
    }

    @Override
    public void check(AdmissionRequest request) {
        if (!Subject.isNew(request, KnownResources.PODS)) {
            return;
        }
        String level = objects.find(KnownResources.NAMESPACES, "", request.namespace())
                .map(namespace ->
                        namespace.path("metadata").path("labels").path(ENFORCE).asString(""))
                .orElse("");
        ObjectNode pod = Subject.object(request);
        List<String> problems = new ArrayList<>();
        switch (level) {
            case "baseline" -> PodSecurityStandard.baseline(pod, problems);
            case "restricted" -> {
                PodSecurityStandard.baseline(pod, problems);
                PodSecurityStandard.restricted(pod, problems);
            }
            default -> {
                return;
            }
        }
        if (!problems.isEmpty()) {
            throw Subject.forbidden(
                    request, "violates PodSecurity \"%s:latest\": %s".formatted(level, String.join(", ", problems)));
        }
    }

    /** All containers of a pod, whatever they are for. */
    static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> containers = new ArrayList<>();
        for (String list : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
            pod.path("spec").path(list).forEach(containers::add);
        }
        return containers;
    }
}
