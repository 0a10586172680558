package io.kvorum.apiserver.cluster;

import io.kvorum.apimachinery.type.GroupVersionResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A cluster's objects held in memory for tests; followers hear of a change before the call that makes it returns. */
public final class HeldObjects implements ClusterObjects {
    private record Path(GroupVersionResource resource, String namespace, String name) {}

    private final Map<Path, ObjectNode> objects = new LinkedHashMap<>();
    private final Map<GroupVersionResource, List<Listener>> listeners = new LinkedHashMap<>();

    /** Single quotes stand for double ones. */
    public static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    public HeldObjects put(GroupVersionResource resource, String text) {
        ObjectNode object = json(text);
        objects.put(path(resource, object), object);
        listeners.getOrDefault(resource, List.of()).forEach(listener -> listener.changed(object));
        return this;
    }

    public void remove(GroupVersionResource resource, String namespace, String name) {
        ObjectNode object = objects.remove(new Path(resource, namespace, name));
        listeners.getOrDefault(resource, List.of()).forEach(listener -> listener.removed(object));
    }

    @Override
    public Optional<ObjectNode> find(GroupVersionResource resource, String namespace, String name) {
        return Optional.ofNullable(objects.get(new Path(resource, namespace, name)))
                .map(ObjectNode::deepCopy);
    }

    @Override
    public List<ObjectNode> list(GroupVersionResource resource, String namespace) {
        List<ObjectNode> found = new ArrayList<>();
        objects.forEach((path, object) -> {
            if (path.resource().equals(resource)
                    && (namespace.isEmpty() || path.namespace().equals(namespace))) {
                found.add(object.deepCopy());
            }
        });
        return found;
    }

    @Override
    public Following follow(GroupVersionResource resource, Listener listener) {
        listeners.computeIfAbsent(resource, any -> new ArrayList<>()).add(listener);
        listener.replaced(list(resource, ""));
        return new Following() {
            @Override
            public boolean isSynced() {
                return true;
            }

            @Override
            public void close() {
                listeners.get(resource).remove(listener);
            }
        };
    }

    private static Path path(GroupVersionResource resource, ObjectNode object) {
        return new Path(resource, Fields.namespace(object), Fields.name(object));
    }
}
