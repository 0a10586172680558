package io.kvorum.apiserver.admission;

import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A node changes itself and its own pods only, and cannot label or taint its way to other pods. Any thread. */
final class NodeRestriction implements Plugin {
    private static final String USER_PREFIX = "system:node:";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final GroupVersionResource LEASES = new GroupVersionResource("coordination.k8s.io", "v1", "leases");
    private static final GroupVersionResource CSI_NODES = new GroupVersionResource("storage.k8s.io", "v1", "csinodes");
    /** Labels in Kubernetes' own name space that a kubelet sets on its node. */
    private static final List<String> OWN_LABELS = List.of(
            "kubernetes.io/hostname",
            "kubernetes.io/arch",
            "kubernetes.io/os",
            "beta.kubernetes.io/arch",
            "beta.kubernetes.io/os",
            "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type",
            "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone",
            "topology.kubernetes.io/region",
            "topology.kubernetes.io/zone",
            "node.k8s.io/instance-type");

    private static final List<String> OWN_LABEL_PREFIXES = List.of("kubelet.kubernetes.io/", "node.kubernetes.io/");

    private final ClusterObjects objects;

    NodeRestriction(ClusterObjects objects) {
        this.objects = objects;
    }

    @Override
    public void check(AdmissionRequest request) {
        Caller caller = request.caller();
        if (!caller.isIn("system:nodes") || !caller.user().startsWith(USER_PREFIX)) {
            return;
        }
        String node = caller.user().substring(USER_PREFIX.length());
        if (Subject.isPartOf(request, KnownResources.PODS)) {
            checkPod(request, node);
        } else if (Subject.isPartOf(request, KnownResources.NODES)) {
            checkNode(request, node);
        } else if (Subject.isPartOf(request, LEASES) || Subject.isPartOf(request, CSI_NODES)) {
            requireName(request, node);
        }
    }

    private void checkPod(AdmissionRequest request, String node) {
        switch (request.subresource()) {
            case "" -> {
                switch (request.operation()) {
                    case CREATE -> checkNewPod(request, node);
                    case DELETE -> requireOnNode(request, Subject.old(request), node, "delete");
                    case UPDATE, CONNECT ->
                        throw Subject.forbidden(
                                request,
                                "unexpected operation \"%s\", node \"%s\" can only create and delete mirror pods"
                                        .formatted(request.operation(), node));
                }
            }
            case "status" -> {
                requireOnNode(request, Subject.old(request), node, "update pod status for");
                if (!labels(Subject.object(request)).equals(labels(Subject.old(request)))) {
                    throw Subject.forbidden(
                            request, "node \"%s\" cannot update labels through pod status".formatted(node));
                }
            }
            case "eviction" -> checkEviction(request, node);
            default ->
                throw Subject.forbidden(
                        request,
                        "unexpected pod subresource \"%s\", only 'status' and 'eviction' are allowed"
                                .formatted(request.subresource()));
        }
    }

    private void checkEviction(AdmissionRequest request, String node) {
        objects.find(KnownResources.PODS, request.namespace(), request.name())
                .ifPresent(pod -> requireOnNode(request, pod, node, "evict"));
    }

    private static void checkNewPod(AdmissionRequest request, String node) {
        ObjectNode pod = Subject.object(request);
        if (!pod.path("metadata").path("annotations").has(MIRROR)) {
            throw Subject.forbidden(
                    request,
                    "pod does not have \"%s\" annotation, node \"%s\" can only create mirror pods"
                            .formatted(MIRROR, node));
        }
        requireOnNode(request, pod, node, "create");
        JsonNode spec = pod.path("spec");
        if (!spec.path("serviceAccountName").asString("").isEmpty()) {
            throw Subject.forbidden(
                    request, "node \"%s\" can not create pods that reference a service account".formatted(node));
        }
        for (JsonNode volume : spec.path("volumes")) {
            for (String reference : new String[] {"secret", "configMap", "persistentVolumeClaim", "projected"}) {
                if (volume.has(reference)) {
                    throw Subject.forbidden(
                            request, "node \"%s\" can not create pods that reference %ss".formatted(node, reference));
                }
            }
        }
    }

    private static void requireOnNode(AdmissionRequest request, JsonNode pod, String node, String doing) {
        String where = pod.path("spec").path("nodeName").asString("");
        if (!where.equals(node)) {
            throw Subject.forbidden(
                    request, "node \"%s\" can only %s pods with spec.nodeName set to itself".formatted(node, doing));
        }
    }

    private static void checkNode(AdmissionRequest request, String node) {
        requireName(request, node);
        if (request.operation() == Operation.DELETE || request.operation() == Operation.CONNECT) {
            return;
        }
        ObjectNode object = Subject.object(request);
        JsonNode old = request.old() == null ? object.objectNode() : request.old();
        checkLabels(request, labels(object), labels(old), node);
        boolean changesTaints = request.operation() == Operation.UPDATE
                && !object.path("spec").path("taints").equals(old.path("spec").path("taints"));
        if (changesTaints) {
            throw Subject.forbidden(request, "node \"%s\" is not allowed to modify taints".formatted(node));
        }
    }

    private static void requireName(AdmissionRequest request, String node) {
        boolean isNamed = request.operation() == Operation.CREATE
                ? Fields.name(Subject.object(request)).equals(node)
                : request.name().equals(node);
        if (!isNamed) {
            throw Subject.forbidden(
                    request,
                    "node \"%s\" is not allowed to modify %s \"%s\""
                            .formatted(node, request.type().singular(), request.name()));
        }
    }

    private static void checkLabels(AdmissionRequest request, JsonNode labels, JsonNode old, String node) {
        TreeSet<String> changed = new TreeSet<>();
        labels.properties().forEach(label -> {
            if (!label.getValue().equals(old.get(label.getKey()))) {
                changed.add(label.getKey());
            }
        });
        old.properties().forEach(label -> {
            if (!labels.has(label.getKey())) {
                changed.add(label.getKey());
            }
        });
        changed.removeIf(NodeRestriction::mayChange);
        if (!changed.isEmpty()) {
            throw Subject.forbidden(
                    request,
                    "is not allowed to modify labels: %s (node \"%s\")".formatted(String.join(", ", changed), node));
        }
    }

    private static boolean mayChange(String label) {
        int slash = label.indexOf('/');
        String domain = slash < 0 ? "" : label.substring(0, slash);
        boolean isKubernetes = domain.equals("kubernetes.io")
                || domain.endsWith(".kubernetes.io")
                || domain.equals("k8s.io")
                || domain.endsWith(".k8s.io");
        return !isKubernetes
                || OWN_LABELS.contains(label)
                || OWN_LABEL_PREFIXES.stream().anyMatch(label::startsWith);
    }

    private static JsonNode labels(JsonNode object) {
        return object.path("metadata").path("labels");
    }
}
