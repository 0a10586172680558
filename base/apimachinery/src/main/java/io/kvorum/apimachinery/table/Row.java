package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One object's cells, written from left to right. */
final class Row {
    static final String NONE = "<none>";
    static final String UNSET = "<unset>";
    static final String UNKNOWN = "<unknown>";

    private final ObjectNode object;
    private final Instant now;
    private final ArrayNode cells = Tree.array();
    private final ArrayNode conditions = Tree.array();

    Row(ObjectNode object, Instant now) {
        this.object = object;
        this.now = now;
    }

    ObjectNode object() {
        return object;
    }

    ArrayNode cells() {
        return cells;
    }

    ArrayNode conditions() {
        return conditions;
    }

    Row name() {
        return text(Tree.text(object, "metadata", "name"));
    }

    Row text(String text) {
        cells.add(text);
        return this;
    }

    Row number(long number) {
        cells.add(Tree.whole(number));
        return this;
    }

    Row flag(boolean flag) {
        cells.add(flag);
        return this;
    }

    Row age() {
        return since(Tree.text(object, "metadata", "creationTimestamp"));
    }

    Row since(String timestamp) {
        return text(ago(timestamp));
    }

    String ago(String timestamp) {
        return HumanDuration.since(timestamp, now);
    }

    Instant now() {
        return now;
    }

    boolean isBeingDeleted() {
        return Tree.has(object, "metadata", "deletionTimestamp");
    }

    /** A condition of the finished row, by which kubectl can leave it out. */
    void completed(String reason, String message) {
        conditions
                .addObject()
                .put("type", "Completed")
                .put("status", "True")
                .put("reason", reason)
                .put("message", message);
    }

    /** Names and images of a pod spec's containers, one cell each. */
    Row containers(JsonNode podSpec) {
        List<ObjectNode> containers = Tree.objects(podSpec, "containers");
        text(joined(containers, "name"));
        return text(joined(containers, "image"));
    }

    private static String joined(List<ObjectNode> objects, String field) {
        return objects.stream().map(each -> Tree.text(each, field)).collect(Collectors.joining(","));
    }

    static String orElse(String text, String fallback) {
        return text.isEmpty() ? fallback : text;
    }

    /** At most three, then how many more there are. */
    static String few(List<String> items, String nothing) {
        if (items.isEmpty()) {
            return nothing;
        }
        int shown = Math.min(items.size(), 3);
        String list = String.join(",", items.subList(0, shown));
        return shown < items.size() ? list + " + " + (items.size() - shown) + " more..." : list;
    }

    /** Plain labels as {@code a=b,c=d}. */
    static String labels(JsonNode labels) {
        String text = Tree.textMap(labels).entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
        return orElse(text, NONE);
    }
}
