package io.kvorum.controllers.garbagecollector;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.ApiResource;
import io.kvorum.client.Backoff;
import io.kvorum.client.Discovery;
import io.kvorum.client.Json;
import io.kvorum.client.MetadataWatch;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ObjectMetadata;
import io.kvorum.client.WorkQueue;
import io.kvorum.controllers.Controller;
import io.kvorum.controllers.ControllerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Deletes objects all of whose owners are gone, and carries out foreground and orphaning deletions. Reads the metadata of
 * every deletable resource; deletes dependents and writes owner references and its two finalizers.
 */
public final class GarbageCollector implements Controller {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);
    private static final Duration REDISCOVER = Duration.ofSeconds(30);
    private static final Duration FIRST_LISTS = Duration.ofSeconds(30);
    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final int WORKERS = 4;

    private final ControllerContext context;
    private final Discovery discovery;
    private final OwnerGraph graph = new OwnerGraph();
    private final WorkQueue<String> queue = new WorkQueue<>(Backoff.CONTROLLER);
    private final Map<String, MetadataWatch> watches = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Map<String, ApiResource> resourcesByKind = Map.of();
    private volatile boolean closed;

    public GarbageCollector(ControllerContext context) {
        this.context = context;
        this.discovery = new Discovery(context.api().client());
    }

    @Override
    public void start() {
        threads.add(Thread.ofVirtual().name("gc-discovery").start(this::followResources));
    }

    @Override
    public void close() {
        closed = true;
        queue.close();
        threads.forEach(Thread::interrupt);
        watches.values().forEach(MetadataWatch::close);
    }

    /** Watches what is there, starts the workers once the graph is whole, then looks for new kinds now and then. */
    private void followResources() {
        boolean working = false;
        while (!closed) {
            try {
                discover();
                if (!working) {
                    awaitLists();
                    for (int worker = 0; worker < WORKERS; worker++) {
                        Thread.ofVirtual().name("gc-" + worker).start(this::work);
                    }
                    working = true;
                }
                Thread.sleep(REDISCOVER);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // the top of this thread: discovery is tried again
                if (closed) {
                    return;
                }
                LOG.atWarn().setCause(e).log("garbage collection could not discover resources");
                if (!pause(Duration.ofSeconds(2))) {
                    return;
                }
            }
        }
    }

    private static boolean pause(Duration wait) {
        try {
            Thread.sleep(wait);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void discover() {
        Discovery.Found found = discovery.preferred();
        Map<String, ApiResource> byKind = new LinkedHashMap<>();
        Set<String> present = ConcurrentHashMap.newKeySet();
        for (ApiResource resource : found.resources()) {
            byKind.put(resource.group() + "/" + resource.kind(), resource);
            if (isFollowed(resource)) {
                present.add(resource.groupResource());
                watches.computeIfAbsent(
                        resource.groupResource(),
                        name -> new MetadataWatch(context.api().client(), resource, new Follower()).start());
            }
        }
        resourcesByKind = byKind;
        if (found.failed().isEmpty()) {
            watches.forEach((name, watch) -> {
                if (!present.contains(name) && watches.remove(name, watch)) {
                    watch.close();
                }
            });
        }
    }

    /** Events own nothing, are owned by nothing and are many. */
    private static boolean isFollowed(ApiResource resource) {
        return resource.can("delete")
                && resource.can("list")
                && resource.can("watch")
                && !resource.kind().equals("Event");
    }

    private void awaitLists() throws InterruptedException {
        long deadline = System.nanoTime() + FIRST_LISTS.toNanos();
        for (MetadataWatch watch : List.copyOf(watches.values())) {
            watch.awaitListed(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }

    /** Keeps the graph and asks for work where a change may matter. */
    private final class Follower implements MetadataWatch.Listener {
        @Override
        public void present(ApiResource resource, ObjectMetadata object) {
            Optional<OwnerGraph.Node> before = graph.put(resource, object);
            boolean ownersChanged =
                    before.isEmpty() || !before.get().object().owners().equals(object.owners());
            if (!object.owners().isEmpty() && ownersChanged) {
                boolean allKnown = object.owners().stream()
                        .map(owner -> graph.find(owner.uid()))
                        .allMatch(owner -> owner.filter(node -> !node.isWaitingForDependents())
                                .isPresent());
                if (!allKnown) {
                    queue.addAfter(object.uid(), SETTLE); // the owner's own event may be on its way
                }
            }
            if (before.isPresent() && ownersChanged) {
                before.get().object().owners().forEach(owner -> queueIfWaiting(owner.uid()));
            }
            boolean isWaiting = object.deleting()
                    && (object.finalizers().contains(FOREGROUND)
                            || object.finalizers().contains(ORPHAN));
            if (isWaiting) {
                queue.add(object.uid());
            }
        }

        @Override
        public void gone(ApiResource resource, ObjectMetadata object) {
            Optional<OwnerGraph.Node> before = graph.remove(object.uid());
            graph.dependentsOf(object.uid())
                    .forEach(dependent -> queue.add(dependent.object().uid()));
            before.ifPresent(node -> node.object().owners().forEach(owner -> queueIfWaiting(owner.uid())));
        }
    }

    private void queueIfWaiting(String ownerUid) {
        graph.find(ownerUid).filter(OwnerGraph.Node::isWaitingForDependents).ifPresent(owner -> queue.add(ownerUid));
    }

    private void work() {
        try {
            while (!queue.isClosed()) {
                Optional<String> uid = queue.take(Duration.ofSeconds(30));
                if (uid.isPresent()) {
                    workOn(uid.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void workOn(String uid) {
        try {
            Optional<OwnerGraph.Node> node = graph.find(uid);
            if (node.isPresent()) {
                collect(node.get());
            }
            queue.forgetFailures(uid);
        } catch (RuntimeException e) { // the top of the work on one object: it is tried again later
            if (!closed) {
                int failures = queue.addFailed(uid);
                (failures < 3 ? LOG.atDebug() : LOG.atWarn())
                        .addKeyValue("uid", uid)
                        .setCause(e)
                        .log("garbage collection of an object failed and will be tried again");
            }
        } finally {
            queue.done(uid);
        }
    }

    private void collect(OwnerGraph.Node node) {
        if (node.isOrphaning()) {
            orphanDependents(node);
            return;
        }
        if (node.isWaitingForDependents()) {
            finishForeground(node);
            return;
        }
        if (node.object().owners().isEmpty() || node.object().deleting()) {
            return;
        }
        Optional<JsonNode> live = read(node.resource(), node.object());
        if (live.isEmpty()) {
            return;
        }
        judge(node, live.get());
    }

    /** Deletes the object if no owner is left; otherwise drops references to those that are. */
    private void judge(OwnerGraph.Node node, JsonNode live) {
        JsonNode references = live.path("metadata").path("ownerReferences");
        List<String> useless = new ArrayList<>();
        boolean anySolid = false;
        boolean anyWaiting = false;
        for (JsonNode reference : references) {
            String uid = reference.path("uid").asString();
            Standing standing = standing(node, reference);
            switch (standing) {
                case SOLID -> anySolid = true;
                case WAITING -> {
                    anyWaiting = true;
                    useless.add(uid);
                }
                case ABSENT -> useless.add(uid);
            }
        }
        if (references.isEmpty()) {
            return;
        }
        if (anySolid) {
            if (!useless.isEmpty()) {
                dropOwners(node, live, useless);
            }
            return;
        }
        boolean hasDependents = !graph.dependentsOf(node.object().uid()).isEmpty();
        delete(node, live, anyWaiting && hasDependents);
    }

    private enum Standing {
        SOLID,
        WAITING,
        ABSENT
    }

    private Standing standing(OwnerGraph.Node dependent, JsonNode reference) {
        String uid = reference.path("uid").asString();
        Optional<OwnerGraph.Node> known = graph.find(uid);
        if (known.isPresent()) {
            return known.get().isWaitingForDependents() ? Standing.WAITING : Standing.SOLID;
        }
        String apiVersion = reference.path("apiVersion").asString();
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        ApiResource resource =
                resourcesByKind.get(group + "/" + reference.path("kind").asString());
        if (resource == null) {
            throw new IllegalStateException("%s %s names an owner of kind %s %s, which is not served"
                    .formatted(
                            dependent.resource().groupResource(),
                            dependent.object().key(),
                            apiVersion,
                            reference.path("kind").asString()));
        }
        String namespace = resource.namespaced() ? dependent.object().key().namespace() : "";
        if (resource.namespaced() && namespace.isEmpty()) {
            return Standing.SOLID; // a cluster-scoped object cannot have a namespaced owner: never delete on a mistake
        }
        var key = new ObjectKey(namespace, reference.path("name").asString());
        return readAt(resource.path(key))
                .filter(owner -> owner.path("metadata").path("uid").asString().equals(uid))
                .map(owner -> isWaiting(owner) ? Standing.WAITING : Standing.SOLID)
                .orElse(Standing.ABSENT);
    }

    private static boolean isWaiting(JsonNode owner) {
        JsonNode metadata = owner.path("metadata");
        return metadata.has("deletionTimestamp")
                && metadata.path("finalizers")
                        .valueStream()
                        .anyMatch(name -> name.asString().equals(FOREGROUND));
    }

    private void delete(OwnerGraph.Node node, JsonNode live, boolean foreground) {
        List<String> finalizers = live.path("metadata")
                .path("finalizers")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        String policy = finalizers.contains(ORPHAN)
                ? "Orphan"
                : foreground || finalizers.contains(FOREGROUND) ? "Foreground" : "Background";
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("kind", "DeleteOptions");
        options.put("apiVersion", "v1");
        options.put("propagationPolicy", policy);
        options.put(
                "preconditions",
                Map.of(
                        "uid",
                        node.object().uid(),
                        "resourceVersion",
                        live.path("metadata").path("resourceVersion").asString()));
        LOG.atDebug()
                .addKeyValue("resource", node.resource().groupResource())
                .addKeyValue("object", node.object().key())
                .addKeyValue("policy", policy)
                .log("deleting an object without owners");
        if (!context.api().deleteAt(node.resource().path(node.object().key()), options)) {
            queue.addAfter(node.object().uid(), SETTLE); // gone, or changed under us: the graph will tell
        }
    }

    private void finishForeground(OwnerGraph.Node node) {
        boolean blocked = false;
        for (OwnerGraph.Node dependent : graph.dependentsOf(node.object().uid())) {
            boolean blocks = dependent.object().owners().stream()
                    .anyMatch(owner -> owner.uid().equals(node.object().uid()) && owner.blocksDeletion());
            blocked |= blocks;
            if (!dependent.object().deleting()) {
                queue.add(dependent.object().uid());
            }
        }
        if (!blocked) {
            dropFinalizer(node, FOREGROUND);
        }
    }

    private void orphanDependents(OwnerGraph.Node node) {
        for (OwnerGraph.Node dependent : graph.dependentsOf(node.object().uid())) {
            read(dependent.resource(), dependent.object())
                    .ifPresent(live ->
                            dropOwners(dependent, live, List.of(node.object().uid())));
        }
        dropFinalizer(node, ORPHAN);
    }

    private void dropOwners(OwnerGraph.Node node, JsonNode live, List<String> uids) {
        ArrayNode rest = Json.array();
        live.path("metadata").path("ownerReferences").forEach(reference -> {
            if (!uids.contains(reference.path("uid").asString())) {
                rest.add(reference);
            }
        });
        patch(node, live, "ownerReferences", rest);
    }

    private void dropFinalizer(OwnerGraph.Node node, String finalizer) {
        Optional<JsonNode> live = read(node.resource(), node.object());
        if (live.isEmpty()) {
            return;
        }
        ArrayNode rest = Json.array();
        live.get().path("metadata").path("finalizers").forEach(name -> {
            if (!name.asString().equals(finalizer)) {
                rest.add(name);
            }
        });
        patch(node, live.get(), "finalizers", rest);
    }

    private void patch(OwnerGraph.Node node, JsonNode live, String field, ArrayNode value) {
        var patch = Json.object();
        var metadata = patch.putObject("metadata");
        metadata.put("uid", node.object().uid());
        metadata.put(
                "resourceVersion", live.path("metadata").path("resourceVersion").asString());
        metadata.set(field, value);
        context.api().mergePatchAt(node.resource().path(node.object().key()), patch.toString());
    }

    private Optional<JsonNode> read(ApiResource resource, ObjectMetadata object) {
        return readAt(resource.path(object.key()))
                .filter(live -> live.path("metadata").path("uid").asString().equals(object.uid()));
    }

    private Optional<JsonNode> readAt(String path) {
        try {
            String answer = context.api().client().raw(path);
            return answer == null ? Optional.empty() : Optional.of(Json.parse(answer));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
