package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** What adds kinds to the API: custom resource definitions and aggregated services. */
final class ExtensionDefaults {
    private ExtensionDefaults() {}

    static void apiService(ObjectNode apiService) {
        objectAt(apiService, "spec", "service").ifPresent(service -> fill(service, "port", 443));
    }

    static void customResourceDefinition(ObjectNode definition) {
        ObjectNode spec = ensureObject(definition, "spec");
        fill(ensureObject(spec, "conversion"), "strategy", "None");
        objectAt(spec, "conversion", "webhook", "clientConfig", "service")
                .ifPresent(service -> fill(service, "port", 443));
        ObjectNode names = ensureObject(spec, "names");
        String kind = Tree.text(names, "kind");
        if (!kind.isEmpty()) {
            fill(names, "singular", kind.toLowerCase(Locale.ROOT));
            fill(names, "listKind", kind + "List");
        }
    }
}
