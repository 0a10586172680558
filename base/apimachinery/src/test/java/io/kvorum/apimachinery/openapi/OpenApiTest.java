package io.kvorum.apimachinery.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class OpenApiTest {
    private final JsonMapper mapper = new JsonMapper();
    private final BuiltInCatalogue catalogue = BuiltInCatalogue.load();
    private final OpenApiV3 v3 = new OpenApiV3(catalogue, "v1.36.0");
    private final OpenApiV2 v2 = new OpenApiV2(catalogue, "v1.36.0");

    @Test
    void theIndexNamesADocumentPerVersionWithItsHash() {
        JsonNode paths = v3.index().get("paths");
        assertThat(paths.propertyNames()).contains("api/v1", "apis/apps/v1").hasSize(23);
        assertThat(paths.at("/apis~1apps~1v1/serverRelativeURL").asString())
                .isEqualTo("/openapi/v3/apis/apps/v1?hash=" + v3.hash(new GroupVersion("apps", "v1")))
                .matches(".*hash=[0-9A-F]{32}");
    }

    @Test
    void everyReferenceOfEveryDocumentResolves() {
        for (GroupVersion each : catalogue.groupVersions()) {
            JsonNode document = document(each);
            assertThat(unresolved(document)).as(each.apiVersion()).isEmpty();
            assertThat(document.get("paths")).as(each.apiVersion()).isNotEmpty();
        }
    }

    @Test
    void everyReferenceOfTheOlderDocumentResolves() throws IOException {
        JsonNode document = unpack(v2.gzip());
        assertThat(unresolved(document)).isEmpty();
        assertThat(document.get("swagger").asString()).isEqualTo("2.0");
        assertThat(document.at("/definitions/io.k8s.api.core.v1.PodSpec/properties/securityContext/$ref")
                        .asString())
                .isEqualTo("#/definitions/io.k8s.api.core.v1.PodSecurityContext");
    }

    /** Walks the outermost fields as any protobuf reader would. */
    @Test
    void theOlderDocumentAsProtobufHoldsEveryPathAndSchemaInAMessageOfItsOwn() throws IOException {
        JsonNode json = unpack(v2.gzip());
        Map<Integer, Integer> fields = new TreeMap<>();
        try (var in = new GZIPInputStream(new ByteArrayInputStream(v2.gzipProtobuf()))) {
            for (int tag = varint(in); tag >= 0; tag = varint(in)) {
                assertThat(tag & 7).isEqualTo(2);
                in.skipNBytes(varint(in));
                fields.merge(tag >>> 3, 1, Integer::sum);
            }
        }
        assertThat(fields)
                .isEqualTo(Map.of(
                        1,
                        1,
                        2,
                        1,
                        8,
                        json.get("paths").size(),
                        9,
                        json.get("definitions").size()));
    }

    private static int varint(InputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.read();
            if (next < 0) {
                return -1;
            }
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
    }

    private static List<String> unresolved(JsonNode document) {
        List<String> missing = new ArrayList<>();
        collect(document, document, missing);
        return missing;
    }

    private static void collect(JsonNode document, JsonNode node, List<String> missing) {
        node.forEachEntry((name, value) -> {
            if (name.equals("$ref") && value.isString()) {
                String pointer = value.asString().substring(1);
                if (document.at(pointer).isMissingNode()) {
                    missing.add(pointer);
                }
            }
        });
        node.forEach(child -> collect(document, child, missing));
    }

    @Test
    void aPatchTellsItsKindItsMediaTypesAndThatFieldsAreValidated() {
        JsonNode patch = document(new GroupVersion("apps", "v1"))
                .at("/paths/~1apis~1apps~1v1~1namespaces~1{namespace}~1deployments~1{name}/patch");
        assertThat(patch.get("x-kubernetes-action").asString()).isEqualTo("patch");
        assertThat(patch.get("operationId").asString()).isEqualTo("patchAppsV1NamespacedDeployment");
        assertThat(patch.at("/x-kubernetes-group-version-kind/kind").asString()).isEqualTo("Deployment");
        assertThat(patch.get("parameters")
                        .valueStream()
                        .map(each -> each.get("name").asString())
                        .toList())
                .contains("dryRun", "fieldValidation", "fieldManager", "force");
        assertThat(patch.at("/requestBody/content").propertyNames())
                .contains("application/strategic-merge-patch+json", "application/apply-patch+yaml");
    }

    @Test
    void aSchemaTellsAllThatTheCatalogueKnows() {
        JsonNode schemas = document(new GroupVersion("", "v1")).at("/components/schemas");
        JsonNode container = schemas.get("io.k8s.api.core.v1.Container");
        JsonNode ports = container.at("/properties/ports");
        assertThat(ports.get("x-kubernetes-list-type").asString()).isEqualTo("map");
        assertThat(ports.get("x-kubernetes-list-map-keys")).hasSize(2);
        assertThat(ports.get("x-kubernetes-patch-merge-key").asString()).isEqualTo("containerPort");
        assertThat(ports.get("x-kubernetes-patch-strategy").asString()).isEqualTo("merge");
        assertThat(container.get("required").get(0).asString()).isEqualTo("name");
        assertThat(container.at("/properties/imagePullPolicy/enum")).hasSize(3);
        assertThat(container.at("/properties/resources/allOf/0/$ref").asString())
                .isEqualTo("#/components/schemas/io.k8s.api.core.v1.ResourceRequirements");
        assertThat(container.at("/properties/resources/description").asString()).isNotEmpty();
        assertThat(schemas.at("/io.k8s.api.core.v1.Pod/x-kubernetes-group-version-kind/0/kind")
                        .asString())
                .isEqualTo("Pod");
        assertThat(schemas.at("/io.k8s.api.core.v1.ContainerPort/properties/protocol/default")
                        .asString())
                .isEqualTo("TCP");
    }

    @Test
    void operationsHaveNamesOfTheirOwn() {
        Set<String> ids = new HashSet<>();
        for (GroupVersion each : catalogue.groupVersions()) {
            document(each)
                    .get("paths")
                    .forEach(path -> path.forEach(operation -> {
                        if (operation.has("operationId")) {
                            assertThat(ids.add(operation.get("operationId").asString()))
                                    .as(operation.get("operationId").asString())
                                    .isTrue();
                        }
                    }));
        }
    }

    @Test
    void aPackedDocumentIsTheSameAndIsKept() throws IOException {
        GroupVersion apps = new GroupVersion("apps", "v1");
        byte[] packed = v3.gzip(apps);
        assertThat(unpack(packed)).isEqualTo(document(apps));
        assertThat(v3.gzip(apps)).isSameAs(packed);
    }

    private JsonNode document(GroupVersion groupVersion) {
        var bytes = new ByteArrayOutputStream();
        v3.write(groupVersion, bytes);
        return mapper.readTree(bytes.toByteArray());
    }

    private JsonNode unpack(byte[] packed) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return mapper.readTree(in);
        }
    }
}
