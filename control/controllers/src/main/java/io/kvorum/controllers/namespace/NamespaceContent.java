package io.kvorum.controllers.namespace;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.ApiResource;
import io.kvorum.client.Json;
import io.kvorum.client.ObjectApi;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Deletes everything in a namespace, whatever its kind, and says what is left. One thread per namespace. */
final class NamespaceContent {
    /** What could not be deleted yet: counts by resource, objects by finalizer, and failures. */
    record Left(Map<String, Integer> counts, Map<String, Integer> finalizers, List<String> failures) {
        boolean isEmpty() {
            return counts.isEmpty() && failures.isEmpty();
        }

        String countsText() {
            return counts.entrySet().stream()
                    .map(entry -> entry.getKey() + " has " + entry.getValue() + " resource instances")
                    .collect(Collectors.joining(", "));
        }

        String finalizersText() {
            return finalizers.entrySet().stream()
                    .map(entry -> entry.getKey() + " in " + entry.getValue() + " resource instances")
                    .collect(Collectors.joining(", "));
        }
    }

    private final ObjectApi api;

    NamespaceContent(ObjectApi api) {
        this.api = api;
    }

    /** Pods go first: what they use stays until they have ended. */
    Left delete(String namespace, List<ApiResource> resources) {
        Left left = new Left(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
        resources.stream().filter(NamespaceContent::isPods).forEach(pods -> delete(namespace, pods, left));
        if (left.isEmpty()) {
            resources.stream()
                    .filter(resource -> !isPods(resource))
                    .forEach(resource -> delete(namespace, resource, left));
        }
        return left;
    }

    private static boolean isPods(ApiResource resource) {
        return resource.groupResource().equals("pods");
    }

    private void delete(String namespace, ApiResource resource, Left left) {
        try {
            JsonNode items = list(namespace, resource);
            if (items.isEmpty()) {
                return;
            }
            if (anyLiving(items)) {
                deleteAll(namespace, resource, items);
                items = list(namespace, resource);
            }
            if (!items.isEmpty()) {
                left.counts.put(resource.groupResource(), items.size());
                for (JsonNode item : items) {
                    item.path("metadata")
                            .path("finalizers")
                            .forEach(finalizer -> left.finalizers.merge(finalizer.asString(), 1, Integer::sum));
                }
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 405) {
                left.failures.add(resource.groupResource() + ": " + e.getMessage());
            }
        }
    }

    private static boolean anyLiving(JsonNode items) {
        return items.valueStream()
                .anyMatch(
                        item -> item.path("metadata").path("deletionTimestamp").isMissingNode());
    }

    private JsonNode list(String namespace, ApiResource resource) {
        String answer = api.client().raw(resource.pathIn(namespace));
        return answer == null ? Json.array() : Json.parse(answer).path("items");
    }

    private void deleteAll(String namespace, ApiResource resource, JsonNode items) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("kind", "DeleteOptions");
        options.put("apiVersion", "v1");
        options.put("propagationPolicy", "Background");
        if (resource.can("deletecollection")) {
            api.client().raw(resource.pathIn(namespace), "DELETE", options);
        } else {
            for (JsonNode item : items) {
                String name = item.path("metadata").path("name").asString();
                api.deleteAt(resource.pathIn(namespace) + "/" + name, options);
            }
        }
    }
}
