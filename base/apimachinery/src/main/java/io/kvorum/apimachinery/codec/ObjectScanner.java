package io.kvorum.apimachinery.codec;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads labels and chosen plain fields from an object's stored bytes without building a tree; stops as soon as it has
 * everything. Made once for a set of fields, then used by any thread.
 */
public final class ObjectScanner {
    private static final JsonFactory JSON = JsonFactory.builder().build();

    /** A node of the tree of wanted paths. */
    private static final class Wanted {
        private final Map<String, Wanted> children = new LinkedHashMap<>();
        private boolean isField;
        private boolean isLabels;

        Wanted child(String name) {
            return children.computeIfAbsent(name, _ -> new Wanted());
        }
    }

    /**
     * What was found.
     *
     * @param fields by their dotted paths; only those present, numbers and booleans in their JSON form
     */
    public record Scanned(SortedMap<String, String> labels, SortedMap<String, String> fields) {}

    private final Wanted root = new Wanted();
    private final int fieldCount;

    /** @param paths dotted, such as {@code spec.nodeName}; lists cannot be entered */
    public ObjectScanner(Collection<String> paths) {
        for (String path : paths) {
            Wanted wanted = root;
            for (String step : path.split("\\.")) {
                wanted = wanted.child(step);
            }
            wanted.isField = true;
        }
        root.child("metadata").child("labels").isLabels = true;
        this.fieldCount = paths.size();
    }

    /** @throws tools.jackson.core.JacksonException when the bytes are no JSON */
    public Scanned scan(byte[] json) {
        Scan scan = new Scan();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                scan.object(parser, root, "");
            }
        }
        return new Scanned(scan.labels, scan.fields);
    }

    private final class Scan {
        private final SortedMap<String, String> labels = new TreeMap<>();
        private final SortedMap<String, String> fields = new TreeMap<>();
        private boolean isMetadataDone;

        private boolean isDone() {
            return isMetadataDone && fields.size() == fieldCount;
        }

        private void object(JsonParser parser, Wanted wanted, String prefix) {
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                Wanted child = wanted.children.get(name);
                if (child == null) {
                    parser.skipChildren();
                    continue;
                }
                String path = prefix.isEmpty() ? name : prefix + "." + name;
                value(parser, token, child, path);
                isMetadataDone |= path.equals("metadata");
                if (isDone()) {
                    return;
                }
            }
        }

        private void value(JsonParser parser, JsonToken token, Wanted wanted, String path) {
            if (token == JsonToken.START_OBJECT) {
                if (wanted.isLabels) {
                    labels(parser);
                } else {
                    object(parser, wanted, path);
                }
            } else if (token.isScalarValue()) {
                put(parser, wanted, path);
            } else {
                parser.skipChildren();
            }
        }

        private void put(JsonParser parser, Wanted wanted, String path) {
            @Nullable String text = parser.currentToken() == JsonToken.VALUE_NULL ? null : parser.getString();
            if (wanted.isField && text != null) {
                fields.put(path, text);
            }
        }

        private void labels(JsonParser parser) {
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                labels.put(name, parser.getString());
            }
        }
    }
}
