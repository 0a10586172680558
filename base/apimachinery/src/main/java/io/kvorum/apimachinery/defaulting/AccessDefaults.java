package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.node.ObjectNode;

/** Role bindings, and the fair sharing of requests. */
final class AccessDefaults {
    private static final String RBAC = "rbac.authorization.k8s.io";

    private AccessDefaults() {}

    static void binding(ObjectNode binding) {
        fill(ensureObject(binding, "roleRef"), "apiGroup", RBAC);
        for (ObjectNode subject : objects(binding, "subjects")) {
            if (!Tree.text(subject, "kind").equals("ServiceAccount")) {
                fill(subject, "apiGroup", RBAC);
            }
        }
    }

    static void flowSchema(ObjectNode schema) {
        fill(ensureObject(schema, "spec"), "matchingPrecedence", 1000);
    }

    static void priorityLevel(ObjectNode level) {
        objectAt(level, "spec", "limited").ifPresent(limited -> {
            fill(limited, "nominalConcurrencyShares", 30);
            fill(limited, "lendablePercent", 0);
            objectAt(limited, "limitResponse", "queuing").ifPresent(queuing -> {
                fill(queuing, "queues", 64);
                fill(queuing, "handSize", 8);
                fill(queuing, "queueLengthLimit", 50);
            });
        });
        objectAt(level, "spec", "exempt").ifPresent(exempt -> {
            fill(exempt, "nominalConcurrencyShares", 0);
            fill(exempt, "lendablePercent", 0);
        });
    }
}
