package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Network policies and ingress classes. */
final class NetworkingDefaults {
    private NetworkingDefaults() {}

    static void networkPolicy(ObjectNode policy) {
        ObjectNode spec = ensureObject(policy, "spec");
        for (String direction : List.of("ingress", "egress")) {
            for (ObjectNode rule : objects(spec, direction)) {
                objects(rule, "ports").forEach(port -> fill(port, "protocol", "TCP"));
            }
        }
        if (Tree.at(spec, "policyTypes").isEmpty()) {
            ArrayNode types = spec.putArray("policyTypes").add("Ingress");
            if (!Tree.at(spec, "egress").isEmpty()) {
                types.add("Egress");
            }
        }
    }

    static void ingressClass(ObjectNode ingressClass) {
        objectAt(ingressClass, "spec", "parameters").ifPresent(parameters -> fill(parameters, "scope", "Cluster"));
    }
}
