package io.kvorum.client;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.http.QueryParameters;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A small API server in memory for tests: create, read, list, watch, update, patch, delete, bind; no validation. Any thread. */
public final class MemoryApi implements Endpoint {
    /** A refusal with its HTTP code. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;
        private final String reason;

        Refused(int code, String reason, String message) {
            super(message);
            this.code = code;
            this.reason = reason;
        }
    }

    private record Change(long revision, ObjectNode before, ObjectNode after) {}

    /** A parsed path: resource, namespace, name and subresource; the last three empty if absent. */
    private record Target(ApiResource resource, String namespace, String name, String subresource) {
        String key() {
            return resource.groupResource() + "/" + namespace + "/" + name;
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final InstantSource clock;
    private final List<ApiResource> resources = new ArrayList<>();
    private final TreeMap<String, ObjectNode> objects = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> writes = new ArrayList<>();
    private long revision = 1;
    private boolean open = true;

    public MemoryApi(InstantSource clock) {
        this.clock = clock;
        MemoryApiKinds.all().forEach(resources::add);
    }

    /** Makes one more resource known, such as that of a custom kind. */
    public synchronized void serve(ApiResource resource) {
        resources.add(resource);
    }

    /** Method and path of each write so far. */
    public synchronized List<String> writes() {
        return List.copyOf(writes);
    }

    public synchronized int count(String groupResource) {
        return (int) objects.keySet().stream()
                .filter(key -> key.startsWith(groupResource + "/"))
                .count();
    }

    /** Ends all watches. */
    public synchronized void shutDown() {
        open = false;
        notifyAll();
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        try {
            if (exchange.method().equals("GET")) {
                read(exchange);
            } else {
                byte[] body = exchange.body().readAllBytes();
                ObjectNode answer;
                synchronized (this) {
                    writes.add(exchange.method() + " " + exchange.path());
                    answer = write(exchange, body);
                    notifyAll();
                }
                send(exchange, exchange.method().equals("POST") ? 201 : 200, answer);
            }
        } catch (Refused refused) {
            send(exchange, refused.code, status(refused));
        }
    }

    private void read(Exchange exchange) throws IOException {
        Optional<ObjectNode> discovery;
        synchronized (this) {
            discovery = MemoryApiKinds.discovery(resources, exchange.path());
        }
        if (discovery.isPresent()) {
            send(exchange, 200, discovery.get());
            return;
        }
        Target target = target(exchange.path());
        if (!target.name.isEmpty()) {
            ObjectNode found;
            synchronized (this) {
                found = existing(target).deepCopy();
            }
            send(exchange, 200, found);
        } else if (exchange.query().flag("watch")) {
            watch(exchange, target);
        } else {
            send(exchange, 200, list(target, selector(exchange.query())));
        }
    }

    private synchronized ObjectNode list(Target target, Predicate<ObjectNode> selector) {
        ObjectNode list = JSON.createObjectNode();
        list.put("kind", target.resource.kind() + "List").put("apiVersion", target.resource.apiVersion());
        list.putObject("metadata").put("resourceVersion", Long.toString(revision));
        ArrayNode items = list.putArray("items");
        objects.forEach((key, object) -> {
            if (key.startsWith(prefix(target)) && selector.test(object)) {
                items.add(object.deepCopy());
            }
        });
        return list;
    }

    private void watch(Exchange exchange, Target target) throws IOException {
        Predicate<ObjectNode> selector = selector(exchange.query());
        long seen =
                exchange.query().first("resourceVersion").map(Long::parseLong).orElse(0L);
        exchange.responseHeaders().set("Content-Type", "application/json");
        try (OutputStream out = exchange.respond(200)) {
            out.flush();
            while (true) {
                List<ObjectNode> events = new ArrayList<>();
                synchronized (this) {
                    while (open && revision <= seen) {
                        wait(1000);
                    }
                    if (!open) {
                        return;
                    }
                    for (Change change : changes.subList((int) Math.max(0, seen - 1), changes.size())) {
                        event(target, selector, change).ifPresent(events::add);
                    }
                    seen = revision;
                }
                for (ObjectNode event : events) {
                    out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
                }
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<ObjectNode> event(Target target, Predicate<ObjectNode> selector, Change change) {
        boolean before = change.before != null && selector.test(change.before);
        boolean after = change.after != null && selector.test(change.after);
        ObjectNode any = change.after != null ? change.after : change.before;
        if (!any.path("__key").asString().startsWith(prefix(target)) || !(before || after)) {
            return Optional.empty();
        }
        ObjectNode object = (after ? change.after : any).deepCopy();
        ((ObjectNode) object.get("metadata")).put("resourceVersion", Long.toString(change.revision));
        object.remove("__key");
        ObjectNode event = JSON.createObjectNode();
        event.put("type", after ? (before ? "MODIFIED" : "ADDED") : "DELETED");
        event.set("object", object);
        return Optional.of(event);
    }

    private ObjectNode write(Exchange exchange, byte[] body) {
        Target target = target(exchange.path());
        return switch (exchange.method()) {
            case "POST" ->
                target.subresource.equals("binding")
                        ? bind(target, (ObjectNode) JSON.readTree(body))
                        : create(target, (ObjectNode) JSON.readTree(body));
            case "PUT" -> replace(target, (ObjectNode) JSON.readTree(body));
            case "PATCH" -> replace(target, patched(exchange, existing(target).deepCopy(), JSON.readTree(body)));
            case "DELETE" -> {
                JsonNode options = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
                if (target.name.isEmpty()) {
                    deleteAll(target, options, selector(exchange.query()));
                    yield JSON.createObjectNode().put("kind", "Status");
                }
                yield delete(target, options);
            }
            default -> throw new Refused(405, "MethodNotAllowed", "no such verb");
        };
    }

    private ObjectNode create(Target target, ObjectNode object) {
        ObjectNode metadata = metadata(object);
        String name = metadata.path("name").asString("");
        if (name.isEmpty()) {
            name = metadata.path("generateName").asString("")
                    + UUID.randomUUID().toString().substring(0, 5);
        }
        Target at = new Target(target.resource, target.namespace, name, "");
        if (objects.containsKey(at.key())) {
            throw new Refused(409, "AlreadyExists", name + " already exists");
        }
        if (!target.namespace.isEmpty()) {
            checkNamespace(target.namespace);
            metadata.put("namespace", target.namespace);
        }
        object.put("kind", target.resource.kind()).put("apiVersion", target.resource.apiVersion());
        metadata.put("name", name).put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", now());
        if (object.has("spec")) {
            metadata.put("generation", 1);
        }
        if (at.resource.plural().equals("namespaces")) {
            object.withObject("/spec").putArray("finalizers").add("kubernetes");
            object.withObject("/status").put("phase", "Active");
        }
        if (at.resource.plural().equals("pods") && !object.path("status").has("phase")) {
            object.withObject("/status").put("phase", "Pending");
        }
        return store(at, null, object);
    }

    /** The namespace {@code default} needs not be made first. */
    private void checkNamespace(String name) {
        JsonNode namespace = objects.get("namespaces//" + name);
        if (namespace == null && !name.equals("default")) {
            throw new Refused(404, "NotFound", "namespaces \"" + name + "\" not found");
        }
        if (namespace != null && namespace.path("metadata").has("deletionTimestamp")) {
            throw new Refused(403, "Forbidden", "because it is being terminated");
        }
    }

    private ObjectNode replace(Target target, ObjectNode wanted) {
        ObjectNode before = existing(target);
        String expected = wanted.path("metadata").path("resourceVersion").asString("");
        if (!expected.isEmpty()
                && !expected.equals(
                        before.path("metadata").path("resourceVersion").asString())) {
            throw new Refused(409, "Conflict", "the object has been modified");
        }
        ObjectNode after = before.deepCopy();
        if (target.subresource.equals("status")) {
            after.set("status", wanted.path("status"));
        } else if (target.subresource.equals("finalize")) {
            after.set("spec", wanted.path("spec"));
        } else {
            after = wanted;
            metadata(after).set("uid", before.path("metadata").path("uid"));
            metadata(after).set("creationTimestamp", before.path("metadata").path("creationTimestamp"));
            for (String kept : List.of("deletionTimestamp", "deletionGracePeriodSeconds", "generation")) {
                if (before.path("metadata").has(kept)) {
                    metadata(after).set(kept, before.path("metadata").get(kept));
                }
            }
            if (before.has("status")) {
                after.set("status", before.get("status"));
            }
            if (before.has("spec") && !before.path("spec").equals(after.path("spec"))) {
                metadata(after)
                        .put(
                                "generation",
                                before.path("metadata").path("generation").asLong() + 1);
            }
            if (target.resource.plural().equals("namespaces")) {
                after.set("spec", before.path("spec"));
            }
        }
        after.put("kind", target.resource.kind()).put("apiVersion", target.resource.apiVersion());
        after.remove("__key");
        ObjectNode same = before.deepCopy();
        same.remove("__key");
        metadata(same).remove("resourceVersion");
        ObjectNode comparable = after.deepCopy();
        metadata(comparable).remove("resourceVersion");
        if (same.equals(comparable)) {
            ObjectNode unchanged = before.deepCopy();
            unchanged.remove("__key");
            return unchanged;
        }
        if (isGone(after)) {
            return remove(target, before);
        }
        return store(target, before, after);
    }

    private static boolean isGone(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.has("deletionTimestamp")
                && metadata.path("finalizers").isEmpty()
                && object.path("spec").path("finalizers").isEmpty()
                && metadata.path("deletionGracePeriodSeconds").asLong(0) == 0;
    }

    private ObjectNode delete(Target target, JsonNode options) {
        ObjectNode before = existing(target);
        String uid = options.path("preconditions").path("uid").asString("");
        if (!uid.isEmpty() && !uid.equals(before.path("metadata").path("uid").asString())) {
            throw new Refused(409, "Conflict", "the uid in the precondition does not match");
        }
        ObjectNode after = before.deepCopy();
        ArrayNode finalizers = metadata(after).withArray("/finalizers");
        String policy = options.path("propagationPolicy").asString("");
        String added = policy.equals("Foreground") ? "foregroundDeletion" : policy.equals("Orphan") ? "orphan" : "";
        if (!added.isEmpty()
                && finalizers.valueStream().noneMatch(f -> f.asString().equals(added))) {
            finalizers.add(added);
        }
        boolean runs = target.resource.plural().equals("pods")
                && before.path("spec").has("nodeName")
                && !List.of("Succeeded", "Failed")
                        .contains(before.path("status").path("phase").asString());
        long grace = options.path("gracePeriodSeconds").asLong(runs ? 30 : 0);
        metadata(after).put("deletionTimestamp", now()).put("deletionGracePeriodSeconds", runs ? grace : 0);
        if (target.resource.plural().equals("namespaces")) {
            after.withObject("/status").put("phase", "Terminating");
        }
        return isGone(after) ? remove(target, before) : store(target, before, after);
    }

    private void deleteAll(Target target, JsonNode options, Predicate<ObjectNode> selector) {
        for (String key : List.copyOf(objects.tailMap(prefix(target)).keySet())) {
            ObjectNode object = objects.get(key);
            if (key.startsWith(prefix(target)) && selector.test(object)) {
                JsonNode metadata = object.path("metadata");
                String namespace = metadata.path("namespace").asString("");
                delete(
                        new Target(
                                target.resource,
                                namespace,
                                metadata.path("name").asString(),
                                ""),
                        options);
            }
        }
    }

    private ObjectNode bind(Target target, ObjectNode binding) {
        Target pod = new Target(target.resource, target.namespace, target.name, "");
        ObjectNode before = existing(pod);
        if (before.path("spec").has("nodeName")) {
            throw new Refused(409, "Conflict", "pod is already assigned to a node");
        }
        ObjectNode after = before.deepCopy();
        after.withObject("/spec")
                .put("nodeName", binding.path("target").path("name").asString());
        ArrayNode conditions = after.withObject("/status").withArray("/conditions");
        conditions.removeIf(condition -> condition.path("type").asString().equals("PodScheduled"));
        conditions.addObject().put("type", "PodScheduled").put("status", "True");
        store(pod, before, after);
        return JSON.createObjectNode().put("kind", "Status").put("status", "Success");
    }

    private ObjectNode store(Target target, ObjectNode before, ObjectNode after) {
        revision++;
        after.put("__key", new Target(target.resource, target.namespace, target.name, "").key());
        metadata(after).put("resourceVersion", Long.toString(revision));
        objects.put(after.path("__key").asString(), after);
        changes.add(new Change(revision, before, after));
        ObjectNode answer = after.deepCopy();
        answer.remove("__key");
        return answer;
    }

    private ObjectNode remove(Target target, ObjectNode before) {
        revision++;
        objects.remove(new Target(target.resource, target.namespace, target.name, "").key());
        changes.add(new Change(revision, before, null));
        ObjectNode answer = before.deepCopy();
        answer.remove("__key");
        return answer;
    }

    private ObjectNode existing(Target target) {
        ObjectNode found = objects.get(new Target(target.resource, target.namespace, target.name, "").key());
        if (found == null) {
            throw new Refused(404, "NotFound", target.resource.groupResource() + " \"" + target.name + "\" not found");
        }
        return found;
    }

    private static ObjectNode patched(Exchange exchange, ObjectNode object, JsonNode patch) {
        String type = exchange.requestHeaders().first("Content-Type").orElse("");
        if (patch instanceof ArrayNode steps && type.contains("json-patch")) {
            return MemoryApiKinds.applySteps(object, steps);
        }
        merge(object, (ObjectNode) patch);
        return object;
    }

    private static void merge(ObjectNode into, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            if (field.getValue().isNull()) {
                into.remove(field.getKey());
            } else if (field.getValue() instanceof ObjectNode inner) {
                if (!(into.get(field.getKey()) instanceof ObjectNode)) {
                    into.putObject(field.getKey());
                }
                merge((ObjectNode) into.get(field.getKey()), inner);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        }
    }

    private synchronized Target target(String path) {
        String[] parts = path.substring(1).split("/");
        boolean core = parts[0].equals("api");
        String group = core ? "" : parts[1];
        int at = core ? 2 : 3;
        String namespace = "";
        if (parts.length > at + 2 && parts[at].equals("namespaces") && !isNamespaceSubresource(parts[at + 2])) {
            namespace = parts[at + 1];
            at += 2;
        }
        String plural = parts[at];
        ApiResource resource = resources.stream()
                .filter(known -> known.group().equals(group) && known.plural().equals(plural))
                .findFirst()
                .orElseThrow(() -> new Refused(404, "NotFound", "the server could not find " + path));
        String name = parts.length > at + 1 ? parts[at + 1] : "";
        return new Target(resource, namespace, name, parts.length > at + 2 ? parts[at + 2] : "");
    }

    private static boolean isNamespaceSubresource(String part) {
        return part.equals("status") || part.equals("finalize");
    }

    private static String prefix(Target target) {
        return target.resource.groupResource() + "/" + (target.namespace.isEmpty() ? "" : target.namespace + "/");
    }

    private static Predicate<ObjectNode> selector(QueryParameters query) {
        return object ->
                MemoryApiKinds.labelsMatch(object, query.first("labelSelector").orElse(""))
                        && MemoryApiKinds.fieldsMatch(
                                object, query.first("fieldSelector").orElse(""));
    }

    private static ObjectNode metadata(ObjectNode object) {
        return object.withObject("/metadata");
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static ObjectNode status(Refused refused) {
        return JSON.createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("code", refused.code)
                .put("reason", refused.reason)
                .put("message", refused.getMessage());
    }

    private static void send(Exchange exchange, int code, ObjectNode body) throws IOException {
        body.remove("__key");
        if (body.get("items") instanceof ArrayNode items) {
            items.forEach(item -> ((ObjectNode) item).remove("__key"));
        }
        exchange.respond(code, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    }
}
