package io.kvorum.apimachinery.protobuf;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.Catalogue;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes objects of any schema, in the form that the JSON path would store. */
final class RandomObjects {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Its status is free in OpenAPI, but a struct without fields in Go. */
    private static final String FIELDLESS =
            "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources";

    /** Objects inside others, such as a list's items, say it in JSON only. */
    private static final List<String> IDENTITY = List.of("kind", "apiVersion");

    private static final int MAX_DEPTH = 12;

    private final Catalogue catalogue;
    private final RandomGenerator random;

    RandomObjects(Catalogue catalogue, RandomGenerator random) {
        this.catalogue = catalogue;
        this.random = random;
    }

    ObjectNode object(String schemaName) {
        return object(schemaName, 0);
    }

    private ObjectNode object(String schemaName, int depth) {
        ObjectSchema schema = catalogue.schema(schemaName).orElseThrow();
        boolean isWholeObject = !catalogue.kindsOf(schemaName).isEmpty();
        ObjectNode object = Tree.object();
        for (Field field : schema.fields()) {
            boolean isIdentity = isWholeObject && IDENTITY.contains(field.name());
            boolean isWanted = depth < 4 ? random.nextInt(4) > 0 : random.nextInt(depth) == 0;
            if (!isIdentity && isWanted && depth < MAX_DEPTH) {
                object.set(field.name(), schemaName.equals(FIELDLESS) ? Tree.object() : value(field.type(), depth + 1));
            }
        }
        return object;
    }

    private JsonNode value(FieldType type, int depth) {
        return switch (type) {
            case FieldType.Scalar scalar -> scalar(scalar);
            case FieldType.Reference reference -> object(reference.schema(), depth);
            case FieldType.ListOf list -> {
                ArrayNode items = NODES.arrayNode();
                for (int left = random.nextInt(1, 4); left > 0; left--) {
                    items.add(value(list.item(), depth));
                }
                yield items;
            }
            case FieldType.MapOf map -> {
                ObjectNode entries = NODES.objectNode();
                for (int left = random.nextInt(1, 4); left > 0; left--) {
                    entries.set(text(), value(map.value(), depth));
                }
                yield entries;
            }
            // an object is right for any JSON, and for a schema that may stand in for something else
            case FieldType.Free() -> NODES.objectNode().put("description", text());
        };
    }

    private JsonNode scalar(FieldType.Scalar scalar) {
        return switch (scalar.form()) {
            case STRING, DURATION -> NODES.stringNode(text());
            case BOOLEAN -> NODES.booleanNode(true);
            case INT32 -> NODES.numberNode(random.nextInt() | 1);
            case INT64 -> Tree.whole(random.nextBoolean() ? random.nextLong() | 1 : random.nextInt() | 1);
            case DOUBLE -> NODES.numberNode(random.nextInt(1, 1000) / 4.0);
            case QUANTITY -> NODES.stringNode(random.nextInt(1000) + (random.nextBoolean() ? "Mi" : "m"));
            case INT_OR_STRING ->
                random.nextBoolean() ? NODES.numberNode(random.nextInt()) : NODES.stringNode(random.nextInt(100) + "%");
            case TIME -> NODES.stringNode(instant(0).toString());
            case MICRO_TIME -> NODES.stringNode(micros());
            case BASE64 -> {
                byte[] bytes = new byte[random.nextInt(1, 40)];
                random.nextBytes(bytes);
                yield NODES.stringNode(Base64.getEncoder().encodeToString(bytes));
            }
        };
    }

    private Instant instant(int nanos) {
        return Instant.ofEpochSecond(random.nextLong(-1_000_000_000L, 4_000_000_000L), nanos);
    }

    private String micros() {
        return instant(0).toString().replace("Z", ".%06dZ".formatted(random.nextInt(1_000_000)));
    }

    private String text() {
        return switch (random.nextInt(6)) {
            case 0 -> "größe-" + random.nextInt(100);
            case 1 -> "日本-" + random.nextInt(100);
            case 2 -> "a.b/c-" + random.nextInt(100);
            case 3 -> "x".repeat(random.nextInt(1, 300));
            default -> "n" + random.nextInt(100_000);
        };
    }
}
