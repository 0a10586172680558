package io.kvorum.agent.join;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON array of texts. */
final class StringList {
    private StringList() {}

    static List<String> parse(String json) {
        try {
            return JsonMapper.shared()
                    .readTree(json)
                    .valueStream()
                    .map(JsonNode::asString)
                    .toList();
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("a list of texts was expected", malformed);
        }
    }
}
