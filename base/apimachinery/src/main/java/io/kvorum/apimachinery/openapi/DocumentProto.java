package io.kvorum.apimachinery.openapi;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Writes the version 2 document as protobuf (gnostic's openapi.v2.Document) from small pieces of its JSON. A message that
 * occurs twice is merged by every reader, so each path and each schema goes out in a message of its own.
 */
final class DocumentProto {
    private static final Map<String, Integer> METHODS =
            Map.of("get", 2, "put", 3, "post", 4, "delete", 5, "options", 6, "head", 7, "patch", 8);

    private final OutputStream target;

    DocumentProto(OutputStream target) {
        this.target = target;
    }

    void begin(String swagger, String title, String version) {
        ProtoMessage info = new ProtoMessage().text(1, title).text(2, version);
        write(new ProtoMessage().text(1, swagger).message(2, info));
    }

    /** @param paths path items by their paths */
    void paths(JsonNode paths) {
        paths.forEachEntry((path, item) -> {
            ProtoMessage named = named(path, pathItem(item));
            write(new ProtoMessage().message(8, new ProtoMessage().message(2, named)));
        });
    }

    /** @param schemas schemas by their names */
    void definitions(JsonNode schemas) {
        schemas.forEachEntry((name, schema) -> {
            ProtoMessage named = named(name, schema(schema));
            write(new ProtoMessage().message(9, new ProtoMessage().message(1, named)));
        });
    }

    private void write(ProtoMessage message) {
        try {
            target.write(message.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send the OpenAPI document", e);
        }
    }

    private static ProtoMessage named(String name, ProtoMessage value) {
        return new ProtoMessage().text(1, name).message(2, value);
    }

    private static ProtoMessage pathItem(JsonNode item) {
        ProtoMessage message = new ProtoMessage();
        item.forEachEntry((name, value) -> {
            Integer method = METHODS.get(name);
            if (method != null) {
                message.message(method, operation(value));
            } else {
                value.forEach(parameter -> message.message(9, parameter(parameter)));
            }
        });
        return message;
    }

    private static ProtoMessage operation(JsonNode operation) {
        ProtoMessage message = new ProtoMessage();
        operation.forEachEntry((name, value) -> {
            switch (name) {
                case "tags" -> words(message, 1, value);
                case "operationId" -> message.text(5, value.asString());
                case "produces" -> words(message, 6, value);
                case "consumes" -> words(message, 7, value);
                case "parameters" -> value.forEach(each -> message.message(8, parameter(each)));
                case "responses" -> message.message(9, responses(value));
                case "schemes" -> words(message, 10, value);
                default -> message.message(13, named(name, any(value)));
            }
        });
        return message;
    }

    private static ProtoMessage parameter(JsonNode parameter) {
        String place = parameter.get("in").asString();
        ProtoMessage message = new ProtoMessage();
        if (place.equals("body")) {
            message.text(2, parameter.get("name").asString())
                    .text(3, place)
                    .flag(4, parameter.has("required"))
                    .message(5, schema(parameter.get("schema")));
            return new ProtoMessage().message(1, new ProtoMessage().message(1, message));
        }
        boolean isInPath = place.equals("path");
        message.flag(1, isInPath)
                .text(2, place)
                .text(3, parameter.get("description").asString())
                .text(4, parameter.get("name").asString())
                .text(isInPath ? 5 : 6, parameter.get("type").asString())
                .flag(isInPath ? 19 : 20, true);
        ProtoMessage nonBody = new ProtoMessage().message(isInPath ? 4 : 3, message);
        return new ProtoMessage().message(1, new ProtoMessage().message(2, nonBody));
    }

    private static ProtoMessage responses(JsonNode responses) {
        ProtoMessage message = new ProtoMessage();
        responses.forEachEntry((code, value) -> {
            ProtoMessage response =
                    new ProtoMessage().text(1, value.get("description").asString());
            if (value.has("schema")) {
                response.message(2, new ProtoMessage().message(1, schema(value.get("schema"))));
            }
            message.message(1, named(code, new ProtoMessage().message(1, response)));
        });
        return message;
    }

    private static ProtoMessage schema(JsonNode schema) {
        ProtoMessage message = new ProtoMessage();
        schema.forEachEntry((name, value) -> {
            switch (name) {
                case "$ref" -> message.text(1, value.asString());
                case "format" -> message.text(2, value.asString());
                case "description" -> message.text(4, value.asString());
                case "default" -> message.message(5, any(value));
                case "required" -> words(message, 19, value);
                case "enum" -> value.forEach(each -> message.message(20, any(each)));
                case "additionalProperties" -> message.message(21, new ProtoMessage().message(1, schema(value)));
                case "type" -> message.message(22, new ProtoMessage().text(1, value.asString()));
                case "items" -> message.message(23, new ProtoMessage().message(1, schema(value)));
                case "properties" -> message.message(25, properties(value));
                default -> message.message(31, named(name, any(value)));
            }
        });
        return message;
    }

    private static ProtoMessage properties(JsonNode properties) {
        ProtoMessage message = new ProtoMessage();
        properties.forEachEntry((name, schema) -> message.message(1, named(name, schema(schema))));
        return message;
    }

    /** Any value is carried as YAML, of which JSON is a part. */
    private static ProtoMessage any(JsonNode value) {
        return new ProtoMessage().text(2, value + "\n");
    }

    private static void words(ProtoMessage message, int field, JsonNode words) {
        words.forEach(word -> message.text(field, word.asString()));
    }
}
