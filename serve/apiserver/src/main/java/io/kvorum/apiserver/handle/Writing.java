package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.codec.Decoded;
import io.kvorum.apimachinery.patch.Patch;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.registry.Deleted;
import io.kvorum.registry.ObjectList;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Part;
import io.kvorum.registry.Registry;
import io.kvorum.registry.Tracking;
import io.kvorum.registry.Update;
import io.kvorum.registry.WriteOptions;
import io.kvorum.registry.cache.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The verbs that change objects; any thread. */
final class Writing {
    /** An update makes what it does not find, as upstream has it for these. */
    private static final Set<String> CREATED_ON_UPDATE = Set.of(
            "endpoints",
            "events",
            "events.events.k8s.io",
            "limitranges",
            "services",
            "leases.coordination.k8s.io",
            "roles.rbac.authorization.k8s.io",
            "rolebindings.rbac.authorization.k8s.io",
            "clusterroles.rbac.authorization.k8s.io",
            "clusterrolebindings.rbac.authorization.k8s.io");

    private final Registry registry;
    private final Bodies bodies;
    private final Answers answers;
    private final CreateRight mayCreate;

    Writing(Registry registry, Bodies bodies, Answers answers, CreateRight mayCreate) {
        this.registry = registry;
        this.bodies = bodies;
        this.answers = answers;
        this.mayCreate = mayCreate;
    }

    void create(Call call) throws IOException {
        answers.object(call, 201, create(call, bodies.object(call)));
    }

    private StoredObject create(Call call, ObjectNode object) {
        if (call.type().id().qualified().equals("certificatesigningrequests.certificates.k8s.io")) {
            nameRequester(object, call.request().caller());
        }
        return registry.create(call.type(), call.namespace(), object, call.writing(Operation.CREATE));
    }

    /** Who asks for a certificate is for the server to say. */
    private static void nameRequester(ObjectNode request, Caller caller) {
        ObjectNode spec = Tree.ensureObject(request, "spec");
        spec.put("username", caller.user());
        spec.put("uid", caller.uid());
        ArrayNode groups = spec.putArray("groups");
        caller.groups().forEach(groups::add);
        ObjectNode extra = spec.putObject("extra");
        new TreeMap<>(caller.extra()).forEach((name, values) -> {
            ArrayNode array = extra.putArray(name);
            values.forEach(array::add);
        });
    }

    void update(Call call) throws IOException {
        ObjectNode object = bodies.object(call);
        try {
            answers.object(call, 200, replace(call, Part.OBJECT, object));
        } catch (ApiException e) {
            boolean isMissing = e.status().reason().equals("NotFound");
            if (!isMissing || !CREATED_ON_UPDATE.contains(call.type().id().qualified())) {
                throw e;
            }
            mayCreate.require(call.request());
            Tree.ensureObject(object, "metadata").remove("resourceVersion");
            answers.object(call, 201, create(call, object));
        }
    }

    private StoredObject replace(Call call, Part part, ObjectNode object) {
        return registry.update(call.path(), part, current -> object.deepCopy(), call.writing(Operation.UPDATE));
    }

    void patch(Call call) throws IOException {
        change(call, Part.OBJECT);
    }

    /** A PUT or PATCH of the whole object's form that changes only one part of it. */
    void change(Call call, Part part) throws IOException {
        if (call.info().verb().equals("update")) {
            answers.object(call, 200, replace(call, part, bodies.object(call)));
            return;
        }
        if (Bodies.isApply(call)) {
            apply(call, part);
            return;
        }
        Patch patch = bodies.patch(call, call.type().schema());
        List<String> warnings = new ArrayList<>();
        StoredObject patched = registry.update(
                call.path(),
                part,
                current -> {
                    Decoded decoded = bodies.conform(call, patch.applyTo(current));
                    warnings.clear();
                    warnings.addAll(decoded.warnings());
                    return decoded.object();
                },
                call.writing(Operation.UPDATE));
        call.warn(warnings);
        answers.object(call, 200, patched);
    }

    private void apply(Call call, Part part) throws IOException {
        ObjectNode configuration = bodies.configuration(call);
        String unwanted = part == Part.OBJECT && call.type().hasStatus() ? "status" : "";
        if (part == Part.OBJECT) {
            configuration.remove(unwanted);
        } else {
            configuration.retain("apiVersion", "kind", "metadata", "status");
        }
        Update applying = registry.applying(
                call.type(),
                configuration,
                call.manager(),
                call.exchange().query().flag("force"));
        WriteOptions changing = call.writing(Operation.UPDATE).tracked(new Tracking.Given());
        try {
            answers.object(call, 200, registry.update(call.path(), part, applying, changing));
        } catch (ApiException e) {
            boolean isMissing = e.status().reason().equals("NotFound");
            if (!isMissing || part != Part.OBJECT) {
                throw e;
            }
            answers.object(call, 201, applyAnew(call, applying));
        }
    }

    private StoredObject applyAnew(Call call, Update applying) {
        ObjectNode object = applying.apply(Tree.object());
        String name = Tree.text(object, "metadata", "name");
        if (!name.equals(call.info().name())) {
            throw ApiException.badRequest("the name of the object (%s) does not match the name on the URL (%s)"
                    .formatted(name, call.info().name()));
        }
        mayCreate.require(call.request());
        return registry.create(
                call.type(),
                call.namespace(),
                object,
                call.writing(Operation.CREATE).tracked(new Tracking.Given()));
    }

    void delete(Call call) throws IOException {
        Bodies.Deletion deletion = bodies.deletion(call);
        Deleted deleted =
                registry.delete(call.path(), deletion.options(), call.writing(Operation.DELETE, deletion.isDryRun()));
        if (!deleted.isGone() || call.type().returnsDeleted()) {
            answers.object(call, 200, deleted.object());
        } else {
            answers.status(call, success(call, call.info().name(), registry.tree(call.type(), deleted.object())));
        }
    }

    static ApiStatus success(Call call, String name, ObjectNode object) {
        return ApiStatus.success(new ApiStatus.Details(
                name,
                call.type().id().group(),
                call.type().id().resource(),
                Tree.text(object, "metadata", "uid"),
                List.of(),
                0));
    }

    void deleteCollection(Call call) throws IOException {
        Bodies.Deletion deletion = bodies.deletion(call);
        ObjectList list = registry.list(call.type(), Reading.options(call));
        List<StoredObject> deleted = new ArrayList<>();
        for (StoredObject item : list.items()) {
            ObjectNode object = registry.tree(call.type(), item);
            ObjectPath path = new ObjectPath(
                    call.type(), Tree.text(object, "metadata", "namespace"), Tree.text(object, "metadata", "name"));
            try {
                deleted.add(
                        registry.delete(path, deletion.options(), call.writing(Operation.DELETE, deletion.isDryRun()))
                                .object());
            } catch (ApiException e) {
                // Somebody else deleted it meanwhile, which is what was asked for.
                if (!e.status().reason().equals("NotFound")) {
                    throw e;
                }
            }
        }
        answers.list(call, new ObjectList(deleted, list.revision(), "", null, list.staleSince()));
    }
}
