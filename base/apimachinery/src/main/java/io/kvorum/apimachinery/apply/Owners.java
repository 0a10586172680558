package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An object's {@code managedFields}: each manager's operation and fields. Changed in place; one thread. */
final class Owners {
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";

    /** Beyond these, upstream too folds the oldest updates into one. */
    private static final int MAX_UPDATES = 10;

    private static final String OLDEST = "ancient-changes";

    /** @param time empty where unknown */
    record Entry(
            String manager, String operation, String apiVersion, String subresource, String time, FieldSet fields) {
        boolean isApply() {
            return operation.equals(APPLY);
        }

        /** An applier is the same whatever version it applies in. */
        boolean isSameAs(Entry other) {
            return manager.equals(other.manager)
                    && operation.equals(other.operation)
                    && subresource.equals(other.subresource)
                    && (isApply() || apiVersion.equals(other.apiVersion));
        }

        Entry with(FieldSet changedFields, String changedTime) {
            return new Entry(manager, operation, apiVersion, subresource, changedTime, changedFields);
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    static Owners parse(JsonNode managedFields) {
        Owners owners = new Owners();
        for (JsonNode each : managedFields) {
            if (each instanceof ObjectNode entry && !entry.isEmpty()) {
                owners.entries.add(new Entry(
                        Tree.text(entry, "manager"),
                        Tree.text(entry, "operation"),
                        Tree.text(entry, "apiVersion"),
                        Tree.text(entry, "subresource"),
                        Tree.text(entry, "time"),
                        FieldSet.parse(Tree.at(entry, "fieldsV1"))));
            }
        }
        return owners;
    }

    static Entry update(FieldManager manager, String apiVersion, String time, FieldSet fields) {
        return new Entry(manager.name(), UPDATE, apiVersion, manager.subresource(), time, fields);
    }

    static Entry apply(FieldManager manager, String apiVersion, String time, FieldSet fields) {
        return new Entry(manager.name(), APPLY, apiVersion, manager.subresource(), time, fields);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    @Nullable
    Entry like(Entry wanted) {
        return entries.stream().filter(wanted::isSameAs).findFirst().orElse(null);
    }

    List<Entry> othersThan(Entry one) {
        return entries.stream().filter(entry -> !entry.isSameAs(one)).toList();
    }

    /** What any of them owns. */
    FieldSet all() {
        FieldSet all = new FieldSet();
        entries.forEach(entry -> all.addAll(entry.fields()));
        return all;
    }

    /** Takes fields from everybody but one. */
    void takeFromOthers(Entry one, FieldSet fields) {
        entries.replaceAll(entry ->
                entry.isSameAs(one) ? entry : entry.with(entry.fields().copy().removeAll(fields), entry.time()));
    }

    /** Puts an entry in the place of the one like it; one with the same fields keeps its time. */
    void put(Entry entry) {
        Entry before = like(entry);
        entries.removeIf(entry::isSameAs);
        boolean isUnchanged = before != null
                && before.fields().equals(entry.fields())
                && before.apiVersion().equals(entry.apiVersion());
        entries.add(isUnchanged ? before : entry);
    }

    /** Folds the oldest updates beyond the limit. */
    private void fold() {
        List<Entry> updates = entries.stream()
                .filter(entry -> !entry.isApply() && entry.subresource().isEmpty())
                .sorted(Comparator.comparing(Entry::time))
                .toList();
        int surplus = updates.size() - MAX_UPDATES;
        if (surplus <= 0) {
            return;
        }
        List<Entry> oldest = updates.subList(0, surplus + 1);
        FieldSet fields = new FieldSet();
        oldest.forEach(entry -> fields.addAll(entry.fields()));
        Entry last = oldest.getLast();
        entries.removeAll(oldest);
        entries.add(new Entry(OLDEST, UPDATE, last.apiVersion(), "", last.time(), fields));
    }

    /** Appliers first, then by time and name, as upstream shows them. */
    ArrayNode toJson() {
        entries.removeIf(entry -> entry.fields().isEmpty());
        fold();
        entries.sort(Comparator.comparing((Entry entry) -> !entry.isApply())
                .thenComparing(Entry::time)
                .thenComparing(Entry::manager)
                .thenComparing(Entry::subresource)
                .thenComparing(Entry::apiVersion));
        ArrayNode json = Tree.array();
        for (Entry entry : entries) {
            ObjectNode node = json.addObject();
            node.put("manager", entry.manager());
            node.put("operation", entry.operation());
            node.put("apiVersion", entry.apiVersion());
            if (!entry.time().isEmpty()) {
                node.put("time", entry.time());
            }
            node.put("fieldsType", "FieldsV1");
            node.set("fieldsV1", entry.fields().toJson());
            if (!entry.subresource().isEmpty()) {
                node.put("subresource", entry.subresource());
            }
        }
        return json;
    }
}
