package io.kvorum.kubelet.lab;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** As much of an API server as a node agent talks to, in memory: objects, watches, merge patches, graceful deletion. */
final class FakeApi implements Endpoint {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Target(String collection, Optional<String> name, Optional<String> subresource) {
        String item() {
            return collection + "/" + name.orElseThrow();
        }
    }

    private record Watcher(String resource, String nodeName, BlockingQueue<ObjectNode> events) {}

    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private long revision = 100;

    @Override
    public void handle(Exchange exchange) throws IOException {
        Target target = target(exchange.path());
        switch (exchange.method()) {
            case "GET" -> {
                if (target.name().isPresent()) {
                    answer(exchange, find(target.item()));
                } else if (exchange.query().flag("watch")) {
                    watch(exchange, target);
                } else {
                    answer(exchange, Optional.of(list(target, exchange)));
                }
            }
            case "POST" -> create(exchange, target);
            case "PATCH" -> answer(exchange, patch(target, body(exchange)));
            case "DELETE" -> answer(exchange, delete(target, body(exchange)));
            default -> exchange.respond(405, "application/json", new byte[0]);
        }
    }

    private static Target target(String path) {
        List<String> parts = List.of(path.substring(1).split("/"));
        int at = parts.getFirst().equals("api") ? 2 : 3;
        int end = parts.get(at).equals("namespaces") && parts.size() > at + 2 ? at + 3 : at + 1;
        String collection = String.join("/", parts.subList(0, end));
        return new Target(
                collection,
                parts.size() > end ? Optional.of(parts.get(end)) : Optional.empty(),
                parts.size() > end + 1 ? Optional.of(parts.get(end + 1)) : Optional.empty());
    }

    private static ObjectNode body(Exchange exchange) throws IOException {
        byte[] bytes = exchange.body().readAllBytes();
        return bytes.length == 0 ? JSON.createObjectNode() : (ObjectNode) JSON.readTree(bytes);
    }

    private static void answer(Exchange exchange, Optional<ObjectNode> found) throws IOException {
        ObjectNode body = found.orElseGet(() -> JSON.createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("reason", "NotFound")
                .put("message", "not found")
                .put("code", 404));
        exchange.respond(found.isPresent() ? 200 : 404, "application/json", bytes(body));
    }

    private static byte[] bytes(JsonNode node) {
        return JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
    }

    private synchronized Optional<ObjectNode> find(String item) {
        return Optional.ofNullable(objects.get(item)).map(ObjectNode::deepCopy);
    }

    private static String resourceOf(String collection) {
        return collection.replaceFirst("/namespaces/[^/]+/", "/");
    }

    private synchronized ObjectNode list(Target target, Exchange exchange) {
        ObjectNode list = JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        list.putObject("metadata").put("resourceVersion", Long.toString(revision));
        var items = list.putArray("items");
        String node = nodeName(exchange);
        objects.forEach((item, object) -> {
            String collection = item.substring(0, item.lastIndexOf('/'));
            if (resourceOf(collection).equals(resourceOf(target.collection())) && isOn(object, node)) {
                items.add(object.deepCopy());
            }
        });
        return list;
    }

    private static String nodeName(Exchange exchange) {
        return exchange.query().first("fieldSelector").orElse("").startsWith("spec.nodeName=")
                ? exchange.query().first("fieldSelector").orElseThrow().substring("spec.nodeName=".length())
                : "";
    }

    private static boolean isOn(ObjectNode object, String node) {
        return node.isEmpty()
                || object.path("spec").path("nodeName").asString("").equals(node);
    }

    private void watch(Exchange exchange, Target target) throws IOException {
        Watcher watcher = new Watcher(resourceOf(target.collection()), nodeName(exchange), new LinkedBlockingQueue<>());
        watchers.add(watcher);
        exchange.responseHeaders().set("Content-Type", "application/json");
        try (OutputStream out = exchange.respond(200)) {
            while (true) {
                ObjectNode event = watcher.events().poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    out.write(bytes(event));
                    out.write('\n');
                    out.flush();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            watchers.remove(watcher);
        }
    }

    private synchronized void changed(String type, String item, ObjectNode object) {
        ((ObjectNode) object.get("metadata")).put("resourceVersion", Long.toString(++revision));
        String resource = resourceOf(item.substring(0, item.lastIndexOf('/')));
        ObjectNode event = JSON.createObjectNode().put("type", type);
        event.set("object", object.deepCopy());
        watchers.stream()
                .filter(watcher -> watcher.resource().equals(resource) && isOn(object, watcher.nodeName()))
                .forEach(watcher -> watcher.events().add(event));
    }

    private void create(Exchange exchange, Target target) throws IOException {
        ObjectNode object = body(exchange);
        if (target.subresource().filter("token"::equals).isPresent()) {
            object.putObject("status")
                    .put("token", "token-of-" + target.name().orElseThrow())
                    .put("expirationTimestamp", Instant.now().plusSeconds(3600).toString());
            exchange.respond(201, "application/json", bytes(object));
            return;
        }
        synchronized (this) {
            ObjectNode metadata = (ObjectNode) object.get("metadata");
            metadata.put("uid", UUID.randomUUID().toString());
            metadata.put("creationTimestamp", Instant.now().toString());
            String item = target.collection() + "/" + metadata.get("name").asString();
            if (item.startsWith("api/v1/nodes/")) {
                ObjectNode spec = object.has("spec") ? (ObjectNode) object.get("spec") : object.putObject("spec");
                spec.put("podCIDR", "10.42.1.0/24");
            }
            if (objects.putIfAbsent(item, object) != null) {
                ObjectNode status = JSON.createObjectNode()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("reason", "AlreadyExists")
                        .put("code", 409);
                exchange.respond(409, "application/json", bytes(status));
                return;
            }
            changed("ADDED", item, object);
        }
        exchange.respond(201, "application/json", bytes(object));
    }

    private synchronized Optional<ObjectNode> patch(Target target, ObjectNode patch) {
        ObjectNode object = objects.get(target.item());
        if (object == null) {
            return Optional.empty();
        }
        merge(object, patch);
        changed("MODIFIED", target.item(), object);
        return Optional.of(object.deepCopy());
    }

    private static void merge(ObjectNode into, ObjectNode patch) {
        for (String name : new ArrayList<>(patch.propertyNames())) {
            JsonNode value = patch.get(name);
            if (value.isNull()) {
                into.remove(name);
            } else if (value.isObject()) {
                ObjectNode child = into.has(name) && into.get(name).isObject()
                        ? (ObjectNode) into.get(name)
                        : into.putObject(name);
                merge(child, (ObjectNode) value);
            } else {
                into.set(name, value);
            }
        }
    }

    private synchronized Optional<ObjectNode> delete(Target target, ObjectNode options) {
        ObjectNode object = objects.get(target.item());
        if (object == null) {
            return Optional.empty();
        }
        int grace = options.path("gracePeriodSeconds")
                .asInt(object.path("spec").path("terminationGracePeriodSeconds").asInt(30));
        if (target.collection().endsWith("/pods") && grace > 0) {
            ObjectNode metadata = (ObjectNode) object.get("metadata");
            metadata.put("deletionTimestamp", Instant.now().plusSeconds(grace).toString());
            metadata.put("deletionGracePeriodSeconds", grace);
            changed("MODIFIED", target.item(), object);
        } else {
            objects.remove(target.item());
            changed("DELETED", target.item(), object);
        }
        return Optional.of(object.deepCopy());
    }
}
