package io.kvorum.apiserver.bootstrap;

import io.kvorum.apiserver.bootstrap.PolicyFile.Entry;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What every cluster has from the start besides its policy: namespaces, priority classes, its own Service. */
final class StartObjects {
    private StartObjects() {}

    static List<Entry> namespaces() {
        List<Entry> entries = new ArrayList<>();
        for (String name : new String[] {"kube-system", "kube-public", "kube-node-lease", "default"}) {
            ObjectNode namespace = object("v1", "Namespace", "", name);
            namespace.withObjectProperty("metadata").putObject("labels").put("kubernetes.io/metadata.name", name);
            entries.add(new Entry(KnownResources.NAMESPACES, namespace));
        }
        return entries;
    }

    static List<Entry> priorityClasses() {
        return List.of(
                priorityClass(
                        "system-node-critical",
                        2_000_001_000,
                        "Used for system critical pods that must not be moved from their current node."),
                priorityClass(
                        "system-cluster-critical",
                        2_000_000_000,
                        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."));
    }

    private static Entry priorityClass(String name, int value, String description) {
        ObjectNode object = object("scheduling.k8s.io/v1", "PriorityClass", "", name);
        object.put("value", value)
                .put("preemptionPolicy", "PreemptLowerPriority")
                .put("description", description);
        return new Entry(KnownResources.PRIORITY_CLASSES, object);
    }

    static Entry service(ClusterIdentity identity) {
        ObjectNode service = object("v1", "Service", "default", "kubernetes");
        service.withObjectProperty("metadata")
                .putObject("labels")
                .put("component", "apiserver")
                .put("provider", "kubernetes");
        ObjectNode spec = service.putObject("spec");
        spec.put("type", "ClusterIP")
                .put("clusterIP", identity.serviceAddress())
                .put("sessionAffinity", "None");
        spec.putArray("clusterIPs").add(identity.serviceAddress());
        spec.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("protocol", "TCP")
                .put("port", 443)
                .put("targetPort", identity.port());
        return new Entry(KnownResources.SERVICES, service);
    }

    static ObjectNode object(String apiVersion, String kind, String namespace, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("kind", kind).put("apiVersion", apiVersion);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }
}
