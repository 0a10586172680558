package io.kvorum.apimachinery.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The documents of a YAML file as JSON trees, read as Kubernetes' tools read them. Stateless. */
public final class YamlDocuments {
    private YamlDocuments() {}

    /**
     * In their order, without empty ones; JSON is YAML too.
     *
     * @throws IllegalArgumentException when the text is no YAML; its message says where
     */
    public static List<JsonNode> read(String yaml) {
        try {
            return new YamlReader(Limits.UPSTREAM)
                    .readAll(yaml.getBytes(StandardCharsets.UTF_8)).stream()
                            .map(Document::root)
                            .toList();
        } catch (Document.Unreadable e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
