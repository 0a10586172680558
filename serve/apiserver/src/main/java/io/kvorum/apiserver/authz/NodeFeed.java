package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.ClusterObjects.Following;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Knows which node needs which objects for its pods by following the pods; may be asked by any thread. */
final class NodeFeed implements ClusterObjects.Listener, AutoCloseable {
    private final Map<String, Map<String, PodReferences>> podsByNode = new ConcurrentHashMap<>();
    private final Map<String, String> nodeByPod = new ConcurrentHashMap<>();
    private volatile @Nullable Following following;

    void start(ClusterObjects objects) {
        following = objects.follow(KnownResources.PODS, this);
    }

    boolean isSynced() {
        Following current = following;
        return current != null && current.isSynced();
    }

    /** Whether a pod on the node refers to the object. */
    boolean needs(String node, String resource, String namespace, String name) {
        return podsByNode.getOrDefault(node, Map.of()).values().stream()
                .anyMatch(pod ->
                        pod.namespace().equals(namespace) && pod.of(resource).contains(name));
    }

    @Override
    public void replaced(List<ObjectNode> all) {
        podsByNode.clear();
        nodeByPod.clear();
        all.forEach(this::changed);
    }

    @Override
    public void changed(ObjectNode pod) {
        PodReferences references = PodReferences.of(pod);
        if (!references.node().isEmpty()) {
            String key = key(pod);
            nodeByPod.put(key, references.node());
            podsByNode
                    .computeIfAbsent(references.node(), any -> new ConcurrentHashMap<>())
                    .put(key, references);
        }
    }

    @Override
    public void removed(ObjectNode pod) {
        String node = nodeByPod.remove(key(pod));
        if (node != null) {
            podsByNode.getOrDefault(node, Map.of()).remove(key(pod));
        }
    }

    private static String key(ObjectNode pod) {
        return Fields.namespace(pod) + "/" + Fields.name(pod);
    }

    @Override
    public void close() {
        Following current = following;
        if (current != null) {
            current.close();
        }
    }
}
