package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /openapi/v3}: an index, and a document per group version, which is written as a stream and kept packed while
 * memory allows. Any thread.
 */
public final class OpenApiV3 {
    private static final List<String> ANSWERS =
            List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");
    private static final List<String> STREAMS =
            List.of("application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch");
    private static final List<String> PATCHES = List.of(
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml");

    private final Catalogue catalogue;
    private final String serverVersion;
    private final JsonMapper mapper = new JsonMapper();
    private final PackedDocuments packed = new PackedDocuments();

    /** @param serverVersion such as v1.36.3+k3s1 */
    public OpenApiV3(Catalogue catalogue, String serverVersion) {
        this.catalogue = catalogue;
        this.serverVersion = serverVersion;
    }

    /** The index. The hash in a document's URL lets clients keep what they have. */
    public ObjectNode index() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ObjectNode paths = document.putObject("paths");
        for (GroupVersion each : catalogue.groupVersions()) {
            String path = each.path().substring(1);
            paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash(each));
        }
        return document;
    }

    public boolean has(GroupVersion groupVersion) {
        return catalogue.groupVersions().contains(groupVersion);
    }

    /** Names a document's content, for URLs and ETags. */
    public String hash(GroupVersion groupVersion) {
        return catalogue.contentHash(groupVersion);
    }

    /** The document of a group version that is there, packed by gzip. */
    public byte[] gzip(GroupVersion groupVersion) {
        return packed.document(
                groupVersion.path(), hash(groupVersion) + serverVersion, out -> write(groupVersion, out));
    }

    /** Writes the document of a group version that is there; leaves the stream open. */
    public void write(GroupVersion groupVersion, OutputStream target) {
        List<PathItem> paths = ResourcePaths.of(catalogue, groupVersion);
        try (JsonGenerator out = mapper.createGenerator(new UnclosedStream(target))) {
            out.writeStartObject();
            out.writeStringProperty("openapi", "3.0.0");
            out.writeObjectPropertyStart("info");
            out.writeStringProperty("title", "Kubernetes");
            out.writeStringProperty("version", serverVersion);
            out.writeEndObject();
            out.writeObjectPropertyStart("paths");
            paths.forEach(item -> writePath(out, item, groupVersion));
            out.writeEndObject();
            out.writeObjectPropertyStart("components");
            out.writeObjectPropertyStart("schemas");
            SchemaJson schemas = new SchemaJson(catalogue, Dialect.V3, out);
            for (ObjectSchema schema : SchemaClosure.of(catalogue, paths)) {
                schemas.write(schema);
            }
            schemas.writeForms();
            out.writeEndObject();
            writeSecurity(out);
            out.writeEndObject();
            out.writeEndObject();
        }
    }

    private static void writeSecurity(JsonGenerator out) {
        out.writeObjectPropertyStart("securitySchemes");
        out.writeObjectPropertyStart("BearerToken");
        out.writeStringProperty("type", "apiKey");
        out.writeStringProperty("in", "header");
        out.writeStringProperty("name", "authorization");
        out.writeStringProperty("description", "Bearer token");
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writePath(JsonGenerator out, PathItem item, GroupVersion groupVersion) {
        out.writeObjectPropertyStart(item.path());
        item.operations().forEach(operation -> writeOperation(out, operation, groupVersion));
        writeParameters(out, item.parameters());
        out.writeEndObject();
    }

    private static void writeOperation(JsonGenerator out, Operation operation, GroupVersion groupVersion) {
        out.writeObjectPropertyStart(operation.method());
        out.writeArrayPropertyStart("tags");
        out.writeString(ResourcePaths.groupTag(groupVersion.group()) + "_" + groupVersion.version());
        out.writeEndArray();
        out.writeStringProperty("operationId", operation.id());
        if (!operation.parameters().isEmpty()) {
            writeParameters(out, operation.parameters());
        }
        if (!operation.requestSchema().isEmpty()) {
            out.writeObjectPropertyStart("requestBody");
            writeContent(out, operation.isPatch() ? PATCHES : List.of("*/*"), operation.requestSchema());
            out.writeEndObject();
        }
        writeAnswers(out, operation);
        out.writeStringProperty("x-kubernetes-action", operation.action());
        out.writeObjectPropertyStart("x-kubernetes-group-version-kind");
        SchemaJson.writeKind(out, operation.kind());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writeAnswers(JsonGenerator out, Operation operation) {
        out.writeObjectPropertyStart("responses");
        out.writeObjectPropertyStart("200");
        out.writeStringProperty("description", "OK");
        if (!operation.responseSchema().isEmpty()) {
            List<String> types = new ArrayList<>(ANSWERS);
            if (operation.isList()) {
                types.addAll(STREAMS);
            }
            writeContent(out, types, operation.responseSchema());
        }
        out.writeEndObject();
        out.writeObjectPropertyStart("401");
        out.writeStringProperty("description", "Unauthorized");
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writeContent(JsonGenerator out, List<String> mediaTypes, String schema) {
        out.writeObjectPropertyStart("content");
        for (String mediaType : mediaTypes) {
            out.writeObjectPropertyStart(mediaType);
            out.writeObjectPropertyStart("schema");
            out.writeStringProperty("$ref", Dialect.V3.reference(schema));
            out.writeEndObject();
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void writeParameters(JsonGenerator out, List<Parameter> parameters) {
        out.writeArrayPropertyStart("parameters");
        for (Parameter parameter : parameters) {
            out.writeStartObject();
            out.writeStringProperty("name", parameter.text());
            out.writeStringProperty("in", parameter.isInPath() ? "path" : "query");
            out.writeStringProperty("description", parameter.description());
            if (parameter.isInPath()) {
                out.writeBooleanProperty("required", true);
            }
            out.writeObjectPropertyStart("schema");
            out.writeStringProperty("type", parameter.type());
            out.writeBooleanProperty("uniqueItems", true);
            out.writeEndObject();
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
