package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.orElse;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Events, of the core group and of events.k8s.io, which name some fields differently. */
final class EventTable {
    static final Layout LAYOUT = Layout.of(
            EventTable::cells,
            Column.text("Last Seen", "When this was last observed."),
            Column.text("Type", "Normal or Warning."),
            Column.text("Reason", "Why, in one word."),
            Column.text("Object", "What it is about."),
            Column.wide("Subobject", "Which part of it."),
            Column.wide("Source", "Who reports it."),
            Column.text("Message", "What happened."),
            Column.wide("First Seen", "When this was first observed."),
            new Column("Count", "integer", "", "How often this was observed.", 1),
            new Column("Name", "string", "name", "What the event is called.", 1));

    private EventTable() {}

    private static void cells(Row row) {
        ObjectNode event = row.object();
        JsonNode subject = Tree.has(event, "involvedObject") ? event.get("involvedObject") : event.path("regarding");
        String first = either(event, "firstTimestamp", "deprecatedFirstTimestamp");
        String firstSeen = orElse(first, Tree.text(event, "eventTime"));
        row.text(row.ago(lastSeen(event, firstSeen)))
                .text(Tree.text(event, "type"))
                .text(Tree.text(event, "reason"))
                .text(subject(subject))
                .text(Tree.text(subject, "fieldPath"))
                .text(source(event))
                .text(either(event, "message", "note").strip())
                .text(row.ago(firstSeen))
                .number(count(event))
                .name();
    }

    private static String either(ObjectNode event, String field, String other) {
        return orElse(Tree.text(event, field), Tree.text(event, other));
    }

    private static String lastSeen(ObjectNode event, String firstSeen) {
        String series = Tree.text(event, "series", "lastObservedTime");
        return orElse(series, orElse(either(event, "lastTimestamp", "deprecatedLastTimestamp"), firstSeen));
    }

    private static long count(ObjectNode event) {
        long series = Tree.number(event, "series", "count");
        long plain = Math.max(Tree.number(event, "count"), Tree.number(event, "deprecatedCount"));
        return series > 0 ? series : Math.max(plain, 1);
    }

    private static String subject(JsonNode subject) {
        String kind = Tree.text(subject, "kind").toLowerCase(Locale.ROOT);
        String name = Tree.text(subject, "name");
        return name.isEmpty() ? kind : kind + "/" + name;
    }

    private static String source(ObjectNode event) {
        JsonNode source = Tree.has(event, "source") ? event.get("source") : event.path("deprecatedSource");
        String component =
                orElse(Tree.text(source, "component"), either(event, "reportingComponent", "reportingController"));
        String host = orElse(Tree.text(source, "host"), Tree.text(event, "reportingInstance"));
        return host.isEmpty() ? component : component + ", " + host;
    }
}
