package io.kvorum.cli;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.PicocliException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How a document is shown. */
enum DocumentFormat {
    TABLE,
    JSON,
    YAML;

    static DocumentFormat of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "table", "" -> TABLE;
            case "json" -> JSON;
            case "yaml", "yml" -> YAML;
            default -> throw new PicocliException("-o is table, json or yaml, not \"%s\"".formatted(text));
        };
    }

    String text(JsonNode document) {
        return switch (this) {
            case TABLE, JSON ->
                JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(document);
            case YAML -> {
                var settings = DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .build();
                Object tree = document.isArray()
                        ? JsonMapper.shared().convertValue(document, List.class)
                        : JsonMapper.shared().convertValue(document, TreeMap.class);
                yield new Dump(settings).dumpToString(tree).stripTrailing();
            }
        };
    }
}
