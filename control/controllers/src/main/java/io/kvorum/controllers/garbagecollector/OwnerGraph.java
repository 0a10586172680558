package io.kvorum.controllers.garbagecollector;

import io.kvorum.client.ApiResource;
import io.kvorum.client.ObjectMetadata;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who owns whom, as far as the watches have told. A small lock, never held across I/O; any thread. */
final class OwnerGraph {
    /** An object and the resource it is found under. */
    record Node(ApiResource resource, ObjectMetadata object) {
        boolean isWaitingForDependents() {
            return object.deleting() && object.finalizers().contains(GarbageCollector.FOREGROUND);
        }

        boolean isOrphaning() {
            return object.deleting() && object.finalizers().contains(GarbageCollector.ORPHAN);
        }
    }

    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /** Puts the object's newest state in and gives the state before. */
    synchronized Optional<Node> put(ApiResource resource, ObjectMetadata object) {
        Node before = nodes.put(object.uid(), new Node(resource, object));
        if (before != null) {
            unlink(before.object);
        }
        for (ObjectMetadata.Owner owner : object.owners()) {
            dependents
                    .computeIfAbsent(owner.uid(), uid -> new LinkedHashSet<>(2))
                    .add(object.uid());
        }
        return Optional.ofNullable(before);
    }

    synchronized Optional<Node> remove(String uid) {
        Node before = nodes.remove(uid);
        if (before != null) {
            unlink(before.object);
        }
        return Optional.ofNullable(before);
    }

    private void unlink(ObjectMetadata object) {
        for (ObjectMetadata.Owner owner : object.owners()) {
            Set<String> known = dependents.get(owner.uid());
            if (known != null) {
                known.remove(object.uid());
                if (known.isEmpty()) {
                    dependents.remove(owner.uid());
                }
            }
        }
    }

    synchronized Optional<Node> find(String uid) {
        return Optional.ofNullable(nodes.get(uid));
    }

    synchronized List<Node> dependentsOf(String uid) {
        return dependents.getOrDefault(uid, Set.of()).stream()
                .map(nodes::get)
                .filter(node -> node != null)
                .toList();
    }

    synchronized int size() {
        return nodes.size();
    }
}
