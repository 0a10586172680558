package io.kvorum.apimachinery.codec;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads JSON into a tree and notes every duplicate field instead of stopping at the first. Any thread. */
final class JsonReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonFactory factory;

    JsonReader(Limits limits) {
        this.factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.maxDepth())
                        .maxStringLength(limits.maxBytes())
                        .build())
                .build();
    }

    /** @throws Document.Unreadable when it is no JSON, too deep, or followed by more */
    Document read(byte[] json) {
        List<String> duplicates = new ArrayList<>();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                throw new Document.Unreadable("unexpected end of JSON input");
            }
            JsonNode root = value(parser, Step.ROOT, duplicates);
            if (parser.nextToken() != null) {
                throw new Document.Unreadable("invalid character after top-level value");
            }
            return new Document(root, duplicates);
        } catch (JacksonException e) {
            throw new Document.Unreadable(e.getOriginalMessage());
        }
    }

    private JsonNode value(JsonParser parser, Step at, List<String> duplicates) {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser, at, duplicates);
            case START_ARRAY -> array(parser, at, duplicates);
            case VALUE_STRING -> NODES.stringNode(parser.getString());
            case VALUE_NUMBER_INT -> wholeNumber(parser);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new Document.Unreadable("unexpected " + token);
        };
    }

    private static JsonNode wholeNumber(JsonParser parser) {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER -> NODES.numberNode(parser.getBigIntegerValue());
            case FLOAT, DOUBLE, BIG_DECIMAL -> NODES.numberNode(parser.getDoubleValue());
        };
    }

    private ObjectNode object(JsonParser parser, Step at, List<String> duplicates) {
        ObjectNode object = NODES.objectNode();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            Step here = at.field(name);
            parser.nextToken();
            if (object.has(name)) {
                duplicates.add(here.indexed());
            }
            object.set(name, value(parser, here, duplicates));
        }
        return object;
    }

    private ArrayNode array(JsonParser parser, Step at, List<String> duplicates) {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser, at.index(array.size()), duplicates));
        }
        return array;
    }
}
