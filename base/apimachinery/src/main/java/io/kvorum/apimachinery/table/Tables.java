package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.codec.MetadataOnly;
import io.kvorum.apimachinery.selector.LabelSelector;
import io.kvorum.apimachinery.selector.MalformedSelector;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.ResourceType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects as the tables that kubectl prints: {@code Table} of meta.k8s.io, with upstream's columns. Any thread. */
public final class Tables {
    private static final Layout SCALE = Layout.of(
            row -> row.name()
                    .number(Tree.number(row.object(), "spec", "replicas"))
                    .number(Tree.number(row.object(), "status", "replicas"))
                    .age(),
            Column.named(),
            Column.number("Desired", "How many replicas are wanted."),
            Column.number("Available", "How many replicas there are."),
            Column.age());

    private static final Layout PLAIN = Layout.of(
            row -> row.name().text(Tree.text(row.object(), "metadata", "creationTimestamp")),
            Column.named(),
            Column.createdAt());

    private final InstantSource clock;
    private final Map<String, Layout> layouts = new TreeMap<>();

    public Tables(InstantSource clock) {
        this.clock = clock;
        layouts.put("pods", PodTable.LAYOUT);
        layouts.put("nodes", NodeTable.LAYOUT);
        CoreTables.addTo(layouts);
        WorkloadTables.addTo(layouts);
        BatchTables.addTo(layouts);
        ServiceTables.addTo(layouts);
        NetworkTables.addTo(layouts);
        StorageTables.addTo(layouts);
        AccessTables.addTo(layouts);
        PolicyTables.addTo(layouts);
        ExtensionTables.addTo(layouts);
        layouts.put("horizontalpodautoscalers.autoscaling", AutoscalerTable.LAYOUT);
        layouts.put("events", EventTable.LAYOUT);
        layouts.put("events.events.k8s.io", EventTable.LAYOUT);
    }

    /**
     * A table of a list's objects.
     *
     * @param listMetadata the list's metadata: resourceVersion, continue, remainingItemCount
     * @param version of meta.k8s.io, {@code v1} or {@code v1beta1}
     */
    public ObjectNode ofList(
            ResourceType type, List<ObjectNode> objects, JsonNode listMetadata, IncludeObject include, String version) {
        Layout layout =
                isScale(objects) ? SCALE : layouts.getOrDefault(type.id().qualified(), PLAIN);
        ObjectNode table = head(listMetadata, version);
        ArrayNode columns = table.putArray("columnDefinitions");
        layout.columns().forEach(column -> columns.add(column.toJson()));
        fill(table, layout, objects, include, version);
        return table;
    }

    /** Whether this is a part of the resource's objects rather than the objects. */
    private static boolean isScale(List<ObjectNode> objects) {
        return !objects.isEmpty() && Tree.text(objects.getFirst(), "kind").equals("Scale");
    }

    /** A table of one object. */
    public ObjectNode of(ResourceType type, ObjectNode object, IncludeObject include, String version) {
        return ofList(type, List.of(object), resourceVersion(object), include, version);
    }

    /** The table inside of a watch event; only the first of a stream tells the columns. */
    public ObjectNode ofEvent(
            ResourceType type, ObjectNode object, IncludeObject include, String version, boolean isFirst) {
        ObjectNode table = of(type, object, include, version);
        if (!isFirst) {
            table.putNull("columnDefinitions");
        }
        return table;
    }

    private static JsonNode resourceVersion(ObjectNode object) {
        ObjectNode metadata = Tree.object();
        String version = Tree.text(object, "metadata", "resourceVersion");
        return version.isEmpty() ? metadata : metadata.put("resourceVersion", version);
    }

    private static ObjectNode head(JsonNode listMetadata, String version) {
        ObjectNode table = Tree.object();
        table.put("kind", "Table");
        table.put("apiVersion", "meta.k8s.io/" + version);
        table.set("metadata", listMetadata);
        return table;
    }

    private void fill(
            ObjectNode table, Layout layout, List<ObjectNode> objects, IncludeObject include, String version) {
        Instant now = clock.instant();
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            Row row = new Row(object, now);
            layout.cells().accept(row);
            ObjectNode line = rows.addObject();
            line.set("cells", row.cells());
            if (!row.conditions().isEmpty()) {
                line.set("conditions", row.conditions());
            }
            switch (include) {
                case NONE -> {}
                case METADATA -> line.set("object", MetadataOnly.of(object, version));
                case OBJECT -> line.set("object", object);
            }
        }
    }

    /** A selector object as text. */
    static String selector(JsonNode selector) {
        try {
            return Row.orElse(LabelSelector.of(selector).toString(), Row.NONE);
        } catch (MalformedSelector e) {
            return "<error>";
        }
    }
}
