package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.cluster.Fields;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What a pod's node has to read to run it.
 *
 * @param node empty while the pod is not bound
 */
record PodReferences(
        String node,
        String namespace,
        String name,
        String serviceAccount,
        Set<String> secrets,
        Set<String> configMaps,
        Set<String> claims) {
    static PodReferences of(JsonNode pod) {
        JsonNode spec = pod.path("spec");
        PodReferences references = new PodReferences(
                spec.path("nodeName").asString(""),
                Fields.namespace(pod),
                Fields.name(pod),
                spec.path("serviceAccountName").asString("default"),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>());
        spec.path("imagePullSecrets").forEach(each -> references.add(references.secrets, each.path("name")));
        for (String containers : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
            spec.path(containers).forEach(references::addEnvironment);
        }
        spec.path("volumes").forEach(volume -> references.addVolume(volume, Fields.name(pod)));
        return references;
    }

    private void addEnvironment(JsonNode container) {
        for (JsonNode source : container.path("envFrom")) {
            add(secrets, source.path("secretRef").path("name"));
            add(configMaps, source.path("configMapRef").path("name"));
        }
        for (JsonNode variable : container.path("env")) {
            add(secrets, variable.path("valueFrom").path("secretKeyRef").path("name"));
            add(configMaps, variable.path("valueFrom").path("configMapKeyRef").path("name"));
        }
    }

    private void addVolume(JsonNode volume, String podName) {
        add(secrets, volume.path("secret").path("secretName"));
        add(configMaps, volume.path("configMap").path("name"));
        add(claims, volume.path("persistentVolumeClaim").path("claimName"));
        if (volume.has("ephemeral")) {
            claims.add(podName + "-" + volume.path("name").asString(""));
        }
        for (JsonNode source : volume.path("projected").path("sources")) {
            add(secrets, source.path("secret").path("name"));
            add(configMaps, source.path("configMap").path("name"));
        }
        addDriverSecrets(volume);
    }

    /** Drivers name their secrets in different fields; a volume knows exactly one driver. */
    private void addDriverSecrets(JsonNode volume) {
        for (var driver : volume.properties()) {
            add(secrets, driver.getValue().path("secretRef").path("name"));
            add(secrets, driver.getValue().path("nodePublishSecretRef").path("name"));
        }
        add(secrets, volume.path("azureFile").path("secretName"));
    }

    private void add(Set<String> names, JsonNode name) {
        if (!name.asString("").isEmpty()) {
            names.add(name.asString());
        }
    }

    Set<String> of(String resource) {
        return switch (resource) {
            case "secrets" -> secrets;
            case "configmaps" -> configMaps;
            case "persistentvolumeclaims" -> claims;
            case "serviceaccounts" -> new LinkedHashSet<>(Set.of(serviceAccount));
            default -> Set.of();
        };
    }
}
