package io.kvorum.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the in-memory API knows beside storage: its kinds, discovery documents, selectors and JSON patches. */
final class MemoryApiKinds {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private MemoryApiKinds() {}

    static List<ApiResource> all() {
        List<ApiResource> all = new ArrayList<>();
        add(all, "", "v1", false, "namespaces Namespace", "nodes Node", "persistentvolumes PersistentVolume");
        add(all, "", "v1", true, "pods Pod", "services Service", "endpoints Endpoints", "configmaps ConfigMap");
        add(all, "", "v1", true, "secrets Secret", "serviceaccounts ServiceAccount", "events Event");
        add(all, "", "v1", true, "persistentvolumeclaims PersistentVolumeClaim");
        add(all, "", "v1", true, "replicationcontrollers ReplicationController");
        add(all, "apps", "v1", true, "deployments Deployment", "replicasets ReplicaSet", "statefulsets StatefulSet");
        add(all, "apps", "v1", true, "daemonsets DaemonSet", "controllerrevisions ControllerRevision");
        add(all, "batch", "v1", true, "jobs Job", "cronjobs CronJob");
        add(all, "discovery.k8s.io", "v1", true, "endpointslices EndpointSlice");
        add(all, "coordination.k8s.io", "v1", true, "leases Lease");
        add(all, "policy", "v1", true, "poddisruptionbudgets PodDisruptionBudget");
        add(all, "rbac.authorization.k8s.io", "v1", false, "clusterroles ClusterRole");
        return all;
    }

    private static void add(List<ApiResource> all, String group, String version, boolean namespaced, String... kinds) {
        for (String kind : kinds) {
            String[] names = kind.split(" ");
            all.add(new ApiResource(group, version, names[0], names[1], namespaced, VERBS));
        }
    }

    static Optional<ObjectNode> discovery(List<ApiResource> resources, String path) {
        ObjectNode answer = JSON.createObjectNode();
        if (path.equals("/apis")) {
            answer.put("kind", "APIGroupList");
            Map<String, String> versions = new LinkedHashMap<>();
            resources.forEach(resource -> versions.put(resource.group(), resource.version()));
            versions.remove("");
            ArrayNode groups = answer.putArray("groups");
            versions.forEach((group, version) -> {
                ObjectNode entry = groups.addObject().put("name", group);
                String groupVersion = group + "/" + version;
                entry.putArray("versions")
                        .addObject()
                        .put("groupVersion", groupVersion)
                        .put("version", version);
                entry.putObject("preferredVersion")
                        .put("groupVersion", groupVersion)
                        .put("version", version);
            });
            return Optional.of(answer);
        }
        String[] parts = path.substring(1).split("/");
        if (parts.length > 3 || (parts.length == 3 && parts[0].equals("api"))) {
            return Optional.empty();
        }
        String groupVersion = path.startsWith("/apis/") ? path.substring(6) : path.substring(5);
        answer.put("kind", "APIResourceList").put("groupVersion", groupVersion);
        ArrayNode list = answer.putArray("resources");
        for (ApiResource resource : resources) {
            if (resource.apiVersion().equals(groupVersion)) {
                ObjectNode entry = list.addObject();
                entry.put("name", resource.plural()).put("kind", resource.kind());
                entry.put("namespaced", resource.namespaced());
                resource.verbs().forEach(entry.putArray("verbs")::add);
            }
        }
        return Optional.of(answer);
    }

    static boolean fieldsMatch(ObjectNode object, String selector) {
        for (String term : selector.split(",")) {
            if (!term.isEmpty()) {
                boolean not = term.contains("!=");
                String[] sides = term.split("!?==?", 2);
                String found = object.at("/" + sides[0].replace('.', '/')).asString("");
                if (found.equals(sides[1]) == not) {
                    return false;
                }
            }
        }
        return true;
    }

    static boolean labelsMatch(ObjectNode object, String selector) {
        JsonNode labels = object.path("metadata").path("labels");
        for (String term : selector.split(",(?![^(]*\\))")) {
            if (!term.isBlank() && !labelMatches(labels, term.strip())) {
                return false;
            }
        }
        return true;
    }

    private static boolean labelMatches(JsonNode labels, String term) {
        String[] words = term.split("\\s+", 3);
        if (words.length == 3 && (words[1].equals("in") || words[1].equals("notin"))) {
            List<String> values =
                    Arrays.asList(words[2].replaceAll("[()\\s]", "").split(","));
            boolean holds =
                    labels.has(words[0]) && values.contains(labels.get(words[0]).asString());
            return holds == words[1].equals("in");
        }
        if (term.contains("!=")) {
            String[] sides = term.split("!=", 2);
            return !labels.path(sides[0]).asString("").equals(sides[1]);
        }
        if (term.contains("=")) {
            String[] sides = term.split("==?", 2);
            return labels.has(sides[0]) && labels.get(sides[0]).asString().equals(sides[1]);
        }
        return term.startsWith("!") ? !labels.has(term.substring(1)) : labels.has(term);
    }

    static ObjectNode applySteps(ObjectNode object, ArrayNode steps) {
        for (JsonNode step : steps) {
            String path = step.path("path").asString();
            int slash = path.lastIndexOf('/');
            JsonNode parent = object.at(path.substring(0, slash));
            String last = path.substring(slash + 1).replace("~1", "/").replace("~0", "~");
            boolean removes = step.path("op").asString().equals("remove");
            if (parent instanceof ObjectNode inner) {
                if (removes) {
                    inner.remove(last);
                } else {
                    inner.set(last, step.get("value"));
                }
            } else if (parent instanceof ArrayNode array) {
                if (removes) {
                    array.remove(Integer.parseInt(last));
                } else if (last.equals("-")) {
                    array.add(step.get("value"));
                } else if (step.path("op").asString().equals("replace")) {
                    array.set(Integer.parseInt(last), step.get("value"));
                } else {
                    array.insert(Integer.parseInt(last), step.get("value"));
                }
            }
        }
        return object;
    }
}
