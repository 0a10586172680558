package io.kvorum.node.snapshots;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A cluster's objects in memory, by their paths; lists by one label. Any thread. */
final class MemoryCluster implements SnapshotCluster {
    private static final String SELECTOR = "?labelSelector=";

    final Map<String, ObjectNode> objects = new ConcurrentSkipListMap<>();
    volatile boolean isAway;

    @Override
    public Optional<ObjectNode> find(String path) throws IOException {
        refuseWhenAway();
        int question = path.indexOf(SELECTOR);
        return question < 0
                ? Optional.ofNullable(objects.get(path))
                : Optional.of(list(path.substring(0, question), path.substring(question + SELECTOR.length())));
    }

    private ObjectNode list(String collection, String selector) {
        String[] label = selector.split("%3D", 2);
        ObjectNode list = JsonMapper.shared().createObjectNode();
        var items = list.putArray("items");
        objects.forEach((path, object) -> {
            boolean isLabelled = object.path("metadata")
                    .path("labels")
                    .path(label[0])
                    .asString("")
                    .equals(label[1]);
            if (path.startsWith(collection + "/") && isLabelled) {
                items.add(object);
            }
        });
        return list;
    }

    @Override
    public boolean create(String collection, ObjectNode object) throws IOException {
        refuseWhenAway();
        String path = collection + "/" + object.path("metadata").path("name").asString("");
        return objects.putIfAbsent(path, object) == null;
    }

    @Override
    public boolean replace(String path, ObjectNode object) throws IOException {
        refuseWhenAway();
        return objects.replace(path, object) != null;
    }

    @Override
    public void delete(String path) throws IOException {
        refuseWhenAway();
        objects.remove(path);
    }

    private void refuseWhenAway() throws IOException {
        if (isAway) {
            throw new IOException("away");
        }
    }
}
