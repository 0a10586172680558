package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.model.Bytes;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Objects as JSON text in UTF-8: compact, kind, apiVersion and metadata first. Any thread. */
public final class JsonText {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final ObjectWriter PRETTY = MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT);
    private static final List<String> FIRST = List.of("kind", "apiVersion", "metadata");

    private JsonText() {}

    /** The bytes of an object as it is stored and sent. */
    public static byte[] bytes(ObjectNode object) {
        return MAPPER.writeValueAsBytes(ordered(object));
    }

    public static Bytes stored(ObjectNode object) {
        return Bytes.wrap(bytes(object));
    }

    /** Indented, for people. */
    public static byte[] pretty(ObjectNode object) {
        return PRETTY.writeValueAsBytes(ordered(object));
    }

    /** Identity and metadata come first, so that a scan for labels can stop early. */
    private static ObjectNode ordered(ObjectNode object) {
        ObjectNode ordered = Tree.object();
        for (String field : FIRST) {
            JsonNode value = object.get(field);
            if (value != null) {
                ordered.set(field, value);
            }
        }
        object.properties().forEach(entry -> {
            if (!FIRST.contains(entry.getKey())) {
                ordered.set(entry.getKey(), entry.getValue());
            }
        });
        return ordered;
    }
}
