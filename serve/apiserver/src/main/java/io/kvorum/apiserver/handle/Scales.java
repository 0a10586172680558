package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.patch.Patch;
import io.kvorum.apimachinery.selector.LabelSelector;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.registry.Part;
import io.kvorum.registry.Registry;
import io.kvorum.registry.Update;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code scale} subresource: how many replicas, whatever the kind; any thread. */
final class Scales {
    private static final String SCHEMA = "io.k8s.api.autoscaling.v1.Scale";

    private final Registry registry;
    private final Bodies bodies;
    private final Answers answers;

    Scales(Registry registry, Bodies bodies, Answers answers) {
        this.registry = registry;
        this.bodies = bodies;
        this.answers = answers;
    }

    void handle(Call call) throws IOException {
        ObjectNode object = switch (call.info().verb()) {
            case "get" -> registry.tree(call.type(), registry.get(call.path()).object());
            case "update" -> {
                ObjectNode wanted = bodies.loose(call);
                yield update(call, current -> scaled(current, wanted));
            }
            case "patch" -> {
                Patch patch = bodies.patch(call, SCHEMA);
                yield update(call, current -> scaled(current, patch.applyTo(scale(current))));
            }
            default ->
                throw ApiException.methodNotAllowed(
                        call.info().verb(), call.type().id());
        };
        answers.tree(call, 200, scale(object));
    }

    private ObjectNode update(Call call, Update update) {
        return registry.tree(
                call.type(), registry.update(call.path(), Part.OBJECT, update, call.writing(Operation.UPDATE)));
    }

    private static ObjectNode scaled(ObjectNode current, ObjectNode scale) {
        JsonNode replicas = Tree.at(scale, "spec", "replicas");
        if (!replicas.isMissingNode() && (!replicas.isIntegralNumber() || replicas.longValue() < 0)) {
            throw ApiException.invalid(
                    "Scale",
                    "autoscaling",
                    Tree.text(current, "metadata", "name"),
                    List.of(new Cause(
                            "FieldValueInvalid",
                            "Invalid value: %s: must be greater than or equal to 0".formatted(replicas),
                            "spec.replicas")));
        }
        Tree.ensureObject(current, "spec").put("replicas", (int) replicas.longValue(0));
        ObjectNode metadata = Tree.ensureObject(current, "metadata");
        metadata.remove("resourceVersion");
        copy(scale, metadata, "resourceVersion");
        copy(scale, metadata, "uid");
        return current;
    }

    private static void copy(ObjectNode scale, ObjectNode metadata, String field) {
        String text = Tree.text(scale, "metadata", field);
        if (!text.isEmpty()) {
            metadata.put(field, text);
        }
    }

    private static ObjectNode scale(ObjectNode object) {
        ObjectNode scale = Tree.object();
        scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            metadata.put(field, Tree.text(object, "metadata", field));
        }
        scale.putObject("spec").put("replicas", (int) Tree.number(object, "spec", "replicas"));
        ObjectNode status = scale.putObject("status");
        status.put("replicas", (int) Tree.number(object, "status", "replicas"));
        status.put("selector", selector(Tree.at(object, "spec", "selector")));
        return scale;
    }

    /** A replication controller's selector is a plain map of labels. */
    private static String selector(JsonNode selector) {
        if (selector.isMissingNode()) {
            return "";
        }
        boolean isStructured = selector.has("matchLabels") || selector.has("matchExpressions");
        return isStructured
                ? LabelSelector.of(selector).toString()
                : LabelSelector.ofLabels(Tree.textMap(selector)).toString();
    }
}
