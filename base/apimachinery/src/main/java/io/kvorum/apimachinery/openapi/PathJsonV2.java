package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.type.GroupVersion;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes the paths of the version 2 document. */
final class PathJsonV2 {
    private static final List<String> ANSWERS =
            List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");
    private static final List<String> PATCHES = List.of(
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml");

    private PathJsonV2() {}

    static void writePath(JsonGenerator out, PathItem item, GroupVersion groupVersion) {
        out.writeObjectPropertyStart(item.path());
        item.operations().forEach(operation -> writeOperation(out, operation, groupVersion));
        out.writeArrayPropertyStart("parameters");
        item.parameters().forEach(parameter -> writeParameter(out, parameter));
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void writeOperation(JsonGenerator out, Operation operation, GroupVersion groupVersion) {
        out.writeObjectPropertyStart(operation.method());
        writeWords(out, "consumes", operation.isPatch() ? PATCHES : List.of("*/*"));
        writeWords(out, "produces", operation.responseSchema().isEmpty() ? List.of("*/*") : ANSWERS);
        writeWords(out, "schemes", List.of("https"));
        writeWords(out, "tags", List.of(ResourcePaths.groupTag(groupVersion.group()) + "_" + groupVersion.version()));
        out.writeStringProperty("operationId", operation.id());
        out.writeArrayPropertyStart("parameters");
        if (!operation.requestSchema().isEmpty()) {
            writeBody(out, operation);
        }
        operation.parameters().forEach(parameter -> writeParameter(out, parameter));
        out.writeEndArray();
        writeAnswers(out, operation);
        out.writeStringProperty("x-kubernetes-action", operation.action());
        out.writeObjectPropertyStart("x-kubernetes-group-version-kind");
        SchemaJson.writeKind(out, operation.kind());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writeBody(JsonGenerator out, Operation operation) {
        out.writeStartObject();
        out.writeStringProperty("name", "body");
        out.writeStringProperty("in", "body");
        if (!operation.method().equals("delete")) {
            out.writeBooleanProperty("required", true);
        }
        writeSchema(out, operation.requestSchema());
        out.writeEndObject();
    }

    private static void writeAnswers(JsonGenerator out, Operation operation) {
        out.writeObjectPropertyStart("responses");
        out.writeObjectPropertyStart("200");
        out.writeStringProperty("description", "OK");
        if (!operation.responseSchema().isEmpty()) {
            writeSchema(out, operation.responseSchema());
        }
        out.writeEndObject();
        out.writeObjectPropertyStart("401");
        out.writeStringProperty("description", "Unauthorized");
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writeSchema(JsonGenerator out, String schema) {
        out.writeObjectPropertyStart("schema");
        out.writeStringProperty("$ref", Dialect.V2.reference(schema));
        out.writeEndObject();
    }

    private static void writeParameter(JsonGenerator out, Parameter parameter) {
        out.writeStartObject();
        out.writeStringProperty("name", parameter.text());
        out.writeStringProperty("in", parameter.isInPath() ? "path" : "query");
        out.writeStringProperty("description", parameter.description());
        out.writeStringProperty("type", parameter.type());
        out.writeBooleanProperty("uniqueItems", true);
        if (parameter.isInPath()) {
            out.writeBooleanProperty("required", true);
        }
        out.writeEndObject();
    }

    private static void writeWords(JsonGenerator out, String name, List<String> words) {
        out.writeArrayPropertyStart(name);
        words.forEach(out::writeString);
        out.writeEndArray();
    }
}
