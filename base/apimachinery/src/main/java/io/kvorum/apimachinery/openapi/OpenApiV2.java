package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /openapi/v2}: everything in one document, for older clients; as JSON, and as the protobuf that Go clients insist
 * on. Both are written as streams and kept packed while memory allows. Any thread.
 */
public final class OpenApiV2 {
    /** How clients ask for the protobuf form. */
    public static final String PROTOBUF_ASKED = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /** What the answer calls itself: clients cannot parse the name they ask by, for its at sign. */
    public static final String PROTOBUF_ANSWERED = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private final Catalogue catalogue;
    private final String serverVersion;
    private final JsonMapper mapper = new JsonMapper();
    private final PackedDocuments packed = new PackedDocuments();

    /** @param serverVersion such as v1.36.3+k3s1 */
    public OpenApiV2(Catalogue catalogue, String serverVersion) {
        this.catalogue = catalogue;
        this.serverVersion = serverVersion;
    }

    /** Names the document's content, for the ETag. */
    public String hash() {
        StringBuilder all = new StringBuilder();
        for (GroupVersion each : catalogue.groupVersions()) {
            all.append(catalogue.contentHash(each));
        }
        return Integer.toHexString(all.toString().hashCode()).toUpperCase(Locale.ROOT) + "-" + all.length();
    }

    /** The JSON document, packed by gzip. */
    public byte[] gzip() {
        return packed.document("json", hash() + serverVersion, this::write);
    }

    /** The protobuf document, packed by gzip. */
    public byte[] gzipProtobuf() {
        return packed.document("protobuf", hash() + serverVersion, this::writeProtobuf);
    }

    /** Writes the JSON document; leaves the stream open. */
    public void write(OutputStream target) {
        List<PathItem> all = new ArrayList<>();
        try (JsonGenerator out = mapper.createGenerator(new UnclosedStream(target))) {
            out.writeStartObject();
            out.writeStringProperty("swagger", "2.0");
            out.writeObjectPropertyStart("info");
            out.writeStringProperty("title", "Kubernetes");
            out.writeStringProperty("version", serverVersion);
            out.writeEndObject();
            out.writeObjectPropertyStart("paths");
            for (GroupVersion each : catalogue.groupVersions()) {
                List<PathItem> items = ResourcePaths.of(catalogue, each);
                items.forEach(item -> PathJsonV2.writePath(out, item, each));
                all.addAll(items);
            }
            out.writeEndObject();
            out.writeObjectPropertyStart("definitions");
            SchemaJson schemas = new SchemaJson(catalogue, Dialect.V2, out);
            for (ObjectSchema schema : SchemaClosure.of(catalogue, all)) {
                schemas.write(schema);
            }
            schemas.writeForms();
            out.writeEndObject();
            out.writeEndObject();
        }
    }

    /** Writes the protobuf document, one path and one schema at a time; leaves the stream open. */
    public void writeProtobuf(OutputStream target) {
        DocumentProto document = new DocumentProto(target);
        document.begin("2.0", "Kubernetes", serverVersion);
        List<PathItem> all = new ArrayList<>();
        for (GroupVersion each : catalogue.groupVersions()) {
            for (PathItem item : ResourcePaths.of(catalogue, each)) {
                all.add(item);
                document.paths(tree(out -> PathJsonV2.writePath(out, item, each)));
            }
        }
        for (ObjectSchema schema : SchemaClosure.of(catalogue, all)) {
            document.definitions(tree(out -> new SchemaJson(catalogue, Dialect.V2, out).write(schema)));
        }
        document.definitions(tree(out -> new SchemaJson(catalogue, Dialect.V2, out).writeForms()));
    }

    private JsonNode tree(Consumer<JsonGenerator> properties) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = mapper.createGenerator(bytes)) {
            out.writeStartObject();
            properties.accept(out);
            out.writeEndObject();
        }
        return mapper.readTree(bytes.toByteArray());
    }
}
