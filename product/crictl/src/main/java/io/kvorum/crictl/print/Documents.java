package io.kvorum.crictl.print;

import io.kvorum.crictl.session.Failure;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes JSON and YAML documents in crictl's layout. */
public final class Documents {
    private static final String INDENT = "  ";

    private Documents() {}

    public static void print(JsonNode document, Output output, PrintStream out) {
        switch (output) {
            case JSON -> out.println(json(document));
            case YAML -> out.println(yaml(document));
            case TABLE -> throw new Failure("unsupported output format \"table\": use json or yaml");
        }
    }

    static String json(JsonNode node) {
        StringBuilder text = new StringBuilder();
        write(node, "\n", text);
        return text.toString();
    }

    private static void write(JsonNode node, String line, StringBuilder text) {
        if (node.isEmpty() || !node.isContainer()) {
            text.append(node); // a scalar, {} or []
            return;
        }
        String inner = line + INDENT;
        String separator = inner;
        text.append(node.isObject() ? '{' : '[');
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                text.append(separator)
                        .append(JsonNodeFactory.instance.stringNode(field.getKey()))
                        .append(": ");
                write(field.getValue(), inner, text);
                separator = "," + inner;
            }
        } else {
            for (JsonNode item : node.values()) {
                text.append(separator);
                write(item, inner, text);
                separator = "," + inner;
            }
        }
        text.append(line).append(node.isObject() ? '}' : ']');
    }

    static String yaml(JsonNode node) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(Integer.MAX_VALUE)
                .build();
        JsonNode ordered = sorted(node);
        Object tree = ordered.isArray()
                ? JsonMapper.shared().convertValue(ordered, List.class)
                : JsonMapper.shared().convertValue(ordered, Map.class);
        return new Dump(settings).dumpToString(tree).stripTrailing();
    }

    /** The same with the keys of every object in order. */
    public static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            Map<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            fields.forEach(copy::set);
            return copy;
        }
        if (node.isArray()) {
            var copy = JsonNodeFactory.instance.arrayNode();
            node.values().forEach(item -> copy.add(sorted(item)));
            return copy;
        }
        return node;
    }

    /** What a runtime tells beyond a status: each text is JSON, or stands for itself. */
    public static void addInformation(ObjectNode document, Map<String, String> information) {
        new TreeMap<>(information).forEach((key, text) -> document.set(key, informationOf(text)));
    }

    private static JsonNode informationOf(String text) {
        if (text.startsWith("{")) {
            try {
                return JsonMapper.shared().readTree(text);
            } catch (JacksonException notJson) {
                return JsonNodeFactory.instance.stringNode(text);
            }
        }
        return JsonNodeFactory.instance.stringNode(text.replaceAll("^\"+|\"+$", ""));
    }
}
