package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Services and what stands behind them. Addresses, node ports and IP families are the allocator's. */
final class ServiceDefaults {
    private static final int AFFINITY_SECONDS = 10_800;

    private ServiceDefaults() {}

    static void service(ObjectNode service) {
        ObjectNode spec = ensureObject(service, "spec");
        fill(spec, "sessionAffinity", "None");
        if (Tree.text(spec, "sessionAffinity").equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else {
            fill(
                    ensureObject(ensureObject(spec, "sessionAffinityConfig"), "clientIP"),
                    "timeoutSeconds",
                    AFFINITY_SECONDS);
        }
        fill(spec, "type", "ClusterIP");
        objects(spec, "ports").forEach(ServiceDefaults::port);
        traffic(spec, Tree.text(spec, "type"));
    }

    private static void port(ObjectNode port) {
        fill(port, "protocol", "TCP");
        JsonNode target = Tree.at(port, "targetPort");
        boolean isUnset = target.isMissingNode()
                || (target.isString() && target.stringValue().isEmpty())
                || (target.isNumber() && target.longValue() == 0);
        if (isUnset && Tree.has(port, "port")) {
            port.set("targetPort", port.get("port"));
        }
    }

    private static void traffic(ObjectNode spec, String type) {
        boolean isBalanced = type.equals("LoadBalancer");
        boolean isReachable = isBalanced
                || type.equals("NodePort")
                || (type.equals("ClusterIP") && !Tree.at(spec, "externalIPs").isEmpty());
        if (isReachable) {
            fill(spec, "externalTrafficPolicy", "Cluster");
        }
        if (!type.equals("ExternalName")) {
            fill(spec, "internalTrafficPolicy", "Cluster");
        }
        if (isBalanced) {
            fill(spec, "allocateLoadBalancerNodePorts", true);
        }
    }

    static void endpoints(ObjectNode endpoints) {
        for (ObjectNode subset : objects(endpoints, "subsets")) {
            objects(subset, "ports").forEach(port -> fill(port, "protocol", "TCP"));
        }
    }

    static void endpointSlice(ObjectNode slice) {
        for (ObjectNode port : objects(slice, "ports")) {
            if (!Tree.has(port, "name")) {
                port.put("name", "");
            }
            fill(port, "protocol", "TCP");
        }
    }
}
