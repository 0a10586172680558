package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.admission.AdmissionRequest;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.registry.Gate;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Part;
import io.kvorum.registry.Registry;
import io.kvorum.registry.WriteOptions;
import java.io.IOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives pods to nodes, each once: the {@code binding} subresource and the bindings resource; any thread. */
final class Bindings {
    private static final GroupVersionResource PODS = new GroupVersionResource("", "v1", "pods");

    private final Registry registry;
    private final Bodies bodies;
    private final Answers answers;
    private final InstantSource clock;

    Bindings(Registry registry, Bodies bodies, Answers answers, InstantSource clock) {
        this.registry = registry;
        this.bodies = bodies;
        this.answers = answers;
        this.clock = clock;
    }

    /** @param nameInUrl empty when the binding itself names the pod */
    void bind(Call call, String nameInUrl) throws IOException {
        ObjectNode binding = bodies.loose(call);
        String name = nameInUrl.isEmpty() ? Tree.text(binding, "metadata", "name") : nameInUrl;
        String node = Tree.text(binding, "target", "name");
        String kind = Tree.text(binding, "target", "kind");
        if (node.isEmpty() || (!kind.isEmpty() && !kind.equals("Node"))) {
            throw ApiException.invalid(
                    "Binding",
                    "",
                    name,
                    List.of(new Cause("FieldValueRequired", "Required value: must name a Node", "target.name")));
        }
        call.admission()
                .admit(new AdmissionRequest(
                        Operation.CREATE,
                        call.type(),
                        call.info().subresource(),
                        call.namespace(),
                        name,
                        binding,
                        null,
                        call.request().caller(),
                        call.isDryRun()));
        ObjectPath path = new ObjectPath(registry.type(PODS), call.info().namespace(), name);
        registry.update(
                path,
                Part.SERVER,
                current -> bound(current, binding, node, name),
                new WriteOptions(call.isDryRun(), call.term(), Gate.OPEN));
        answers.status(call, new ApiStatus(201, "", "", null));
    }

    private ObjectNode bound(ObjectNode pod, ObjectNode binding, String node, String name) {
        if (Tree.has(pod, "metadata", "deletionTimestamp")) {
            throw ApiException.conflict(
                    PODS, name, "pod %s is being deleted, cannot be assigned to a host".formatted(name));
        }
        String assigned = Tree.text(pod, "spec", "nodeName");
        if (!assigned.isEmpty()) {
            throw ApiException.conflict(
                    PODS, name, "pod %s is already assigned to node \"%s\"".formatted(name, assigned));
        }
        if (!Tree.list(pod, "spec", "schedulingGates").isEmpty()) {
            throw ApiException.conflict(PODS, name, "pod %s has non-empty .spec.schedulingGates".formatted(name));
        }
        ObjectNode metadata = Tree.ensureObject(pod, "metadata");
        metadata.remove("resourceVersion");
        for (String field : List.of("uid", "resourceVersion")) {
            String wanted = Tree.text(binding, "metadata", field);
            if (!wanted.isEmpty()) {
                metadata.put(field, wanted);
            }
        }
        Tree.textMap(binding, "metadata", "annotations").forEach(Tree.ensureObject(metadata, "annotations")::put);
        if (Tree.ensureObject(metadata, "annotations").isEmpty()) {
            metadata.remove("annotations");
        }
        Tree.ensureObject(pod, "spec").put("nodeName", node);
        markScheduled(Tree.ensureObject(pod, "status"));
        return pod;
    }

    private void markScheduled(ObjectNode status) {
        ArrayNode conditions = status.withArrayProperty("conditions");
        for (int i = conditions.size() - 1; i >= 0; i--) {
            JsonNode condition = conditions.get(i);
            if (Tree.text(condition, "type").equals("PodScheduled")) {
                conditions.remove(i);
            }
        }
        conditions
                .addObject()
                .put("type", "PodScheduled")
                .put("status", "True")
                .put(
                        "lastTransitionTime",
                        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
