package io.kvorum.apimachinery.type;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.Form;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class BuiltInCatalogueTest {
    private final BuiltInCatalogue catalogue = BuiltInCatalogue.load();

    @Test
    void everyResourceHasItsSchemaAndItsList() {
        for (ResourceType type : catalogue.resources()) {
            assertThat(catalogue.schema(type.schema())).as(type.schema()).isPresent();
            assertThat(catalogue.kindsOf(type.schema())).containsExactly(type.groupVersionKind());
            if (type.verbs().contains("list")) {
                assertThat(catalogue.schemaOf(type.groupVersion().kind(type.listKind())))
                        .as(type.listKind())
                        .isPresent();
            }
        }
    }

    @Test
    void everyReferenceLeadsToASchema() {
        for (String name : catalogue.schemaNames()) {
            for (Field field : catalogue.schema(name).orElseThrow().fields()) {
                check(name + "." + field.name(), field.type());
            }
        }
    }

    private void check(String where, FieldType type) {
        switch (type) {
            case FieldType.Reference reference ->
                assertThat(catalogue.schema(reference.schema())).as(where).isPresent();
            case FieldType.ListOf list -> check(where, list.item());
            case FieldType.MapOf map -> check(where, map.value());
            case FieldType.Scalar _, FieldType.Free _ -> {}
        }
    }

    @Test
    void aGroupsPreferredVersionStandsFirst() {
        assertThat(catalogue.groupVersions()).startsWith(new GroupVersion("", "v1"));
        assertThat(catalogue.groupVersions())
                .containsSubsequence(new GroupVersion("autoscaling", "v2"), new GroupVersion("autoscaling", "v1"));
    }

    @Test
    void aPodIsServedAndStoredAsClientsAndToolsExpect() {
        ResourceType pods =
                catalogue.resource(new GroupVersionResource("", "v1", "pods")).orElseThrow();
        assertThat(pods.kind()).isEqualTo("Pod");
        assertThat(pods.shortNames()).containsExactly("po");
        assertThat(pods.categories()).containsExactly("all");
        assertThat(pods.storageKey("default", "web")).isEqualTo("/registry/pods/default/web");
        assertThat(pods.subresource("eviction").orElseThrow().kind())
                .isEqualTo(new GroupVersionKind("policy", "v1", "Eviction"));
        assertThat(pods.subresource("exec").orElseThrow().verbs()).containsExactly("create", "get");
    }

    @Test
    void theStoresPlacesAreThoseOfEtcdUnderKubernetes() {
        assertThat(prefix("", "nodes")).isEqualTo("/registry/minions/");
        assertThat(prefix("", "services")).isEqualTo("/registry/services/specs/");
        assertThat(prefix("", "endpoints")).isEqualTo("/registry/services/endpoints/");
        assertThat(prefix("", "replicationcontrollers")).isEqualTo("/registry/controllers/");
        assertThat(prefix("networking.k8s.io", "ingresses")).isEqualTo("/registry/ingress/");
        assertThat(prefix("events.k8s.io", "events")).isEqualTo("/registry/events/");
        assertThat(prefix("apiextensions.k8s.io", "customresourcedefinitions"))
                .isEqualTo("/registry/apiextensions.k8s.io/customresourcedefinitions/");
        assertThat(prefix("authorization.k8s.io", "subjectaccessreviews")).isEmpty();
    }

    private String prefix(String group, String plural) {
        return catalogue
                .resource(new GroupVersionResource(group, "v1", plural))
                .orElseThrow()
                .storagePrefix();
    }

    @Test
    void aScalerOfTheOldVersionIsStoredAsTheNewOne() {
        assertThat(catalogue
                        .resource(new GroupVersionResource("autoscaling", "v1", "horizontalpodautoscalers"))
                        .orElseThrow()
                        .storageVersion())
                .isEqualTo("v2");
    }

    @Test
    void listsKnowHowTheyMerge() {
        Field ports = field("io.k8s.api.core.v1.Container", "ports");
        assertThat(ports.type()).isInstanceOfSatisfying(FieldType.ListOf.class, list -> {
            assertThat(list.item()).isEqualTo(new FieldType.Reference("io.k8s.api.core.v1.ContainerPort"));
            assertThat(list.merge().listType()).isEqualTo("map");
            assertThat(list.merge().mapKeys()).containsExactly("containerPort", "protocol");
            assertThat(list.merge().patchStrategies()).containsExactly("merge");
            assertThat(list.merge().patchMergeKey()).isEqualTo("containerPort");
        });
        Field volumes = field("io.k8s.api.core.v1.PodSpec", "volumes");
        assertThat(volumes.traits().patchStrategies()).containsExactly("merge", "retainKeys");
        assertThat(field("io.k8s.api.apps.v1.DeploymentSpec", "strategy")
                        .traits()
                        .patchStrategies())
                .containsExactly("retainKeys");
    }

    @Test
    void plainFieldsKnowTheirFormEnumerationAndDefault() {
        Field protocol = field("io.k8s.api.core.v1.ContainerPort", "protocol");
        assertThat(protocol.type()).isEqualTo(new FieldType.Scalar(Form.STRING, List.of("SCTP", "TCP", "UDP")));
        assertThat(protocol.traits().defaultJson()).isEqualTo("\"TCP\"");
        assertThat(form("io.k8s.api.coordination.v1.LeaseSpec", "renewTime")).isEqualTo(Form.MICRO_TIME);
        assertThat(form("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "creationTimestamp"))
                .isEqualTo(Form.TIME);
        assertThat(form("io.k8s.api.core.v1.PodSpec", "terminationGracePeriodSeconds"))
                .isEqualTo(Form.INT64);
        assertThat(form("io.k8s.api.core.v1.ServicePort", "targetPort")).isEqualTo(Form.INT_OR_STRING);
        assertThat(field("io.k8s.api.core.v1.ResourceRequirements", "limits").type())
                .isEqualTo(new FieldType.MapOf(new FieldType.Scalar(Form.QUANTITY, List.of())));
        assertThat(field("io.k8s.api.core.v1.Secret", "data").type())
                .isEqualTo(new FieldType.MapOf(new FieldType.Scalar(Form.BASE64, List.of())));
    }

    @Test
    void whatTheServerFillsInIsValidJson() {
        assertThat(field("io.k8s.api.core.v1.PodSpec", "restartPolicy").traits().defaultJson())
                .isEqualTo("\"Always\"");
        assertThat(field("io.k8s.api.core.v1.Probe", "periodSeconds").traits().defaultJson())
                .isEqualTo("10");
        assertThat(field("io.k8s.api.apps.v1.DeploymentSpec", "strategy")
                        .traits()
                        .defaultJson())
                .isEqualTo("{}");
        for (String name : catalogue.schemaNames()) {
            for (Field field : schema(name).fields()) {
                String json = field.traits().defaultJson();
                if (json != null) {
                    assertThat(new JsonMapper().readTree(json)).as(json).isNotNull();
                    List<String> allowed = allowed(field);
                    assertThat(allowed.isEmpty() || allowed.contains(json.replace("\"", "")))
                            .as("%s of %s, which allows %s", json, field.name(), allowed)
                            .isTrue();
                }
            }
        }
    }

    private static List<String> allowed(Field field) {
        return field.type() instanceof FieldType.Scalar scalar ? scalar.allowed() : List.of();
    }

    @Test
    void aDeleteAnswersWithThePodButWithAStatusForAConfigMap() {
        assertThat(resource("", "pods").returnsDeleted()).isTrue();
        assertThat(resource("", "configmaps").returnsDeleted()).isFalse();
    }

    @Test
    void theCatalogueHoldsWhatUpstreamsDocumentHolds() throws IOException {
        Map<String, String> digest = new TreeMap<>();
        List<String> names = catalogue.schemaNames().stream()
                .filter(name -> !name.startsWith("io.cattle."))
                .toList();
        for (GroupVersion each : catalogue.groupVersions()) {
            if (each.group().endsWith(".cattle.io")) {
                continue;
            }
            digest.put(
                    each.apiVersion(),
                    catalogue.resources().stream()
                            .filter(type -> type.groupVersion().equals(each))
                            .map(type -> type.kind() + "+" + type.subresources().size())
                            .collect(Collectors.joining(" ")));
        }
        List<Field> fields =
                names.stream().flatMap(name -> schema(name).fields().stream()).toList();
        digest.put("schemas", String.valueOf(names.size()));
        digest.put("fields", String.valueOf(fields.size()));
        digest.put("required", count(fields, Field::isRequired));
        digest.put("atomic lists", count(fields, field -> hasListType(field, "atomic")));
        digest.put("set lists", count(fields, field -> hasListType(field, "set")));
        digest.put("map lists", count(fields, field -> hasListType(field, "map")));
        digest.put("merge keys", count(fields, BuiltInCatalogueTest::hasMergeKey));
        digest.put(
                "patch strategies",
                count(fields, field -> !field.traits().patchStrategies().isEmpty()));
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("digest.txt"))) {
            String expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(digest.entrySet().stream()
                            .map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
                            .collect(Collectors.joining()))
                    .isEqualTo(expected);
        }
    }

    private static String count(List<Field> fields, Predicate<Field> rule) {
        return String.valueOf(fields.stream().filter(rule).count());
    }

    private static boolean hasListType(Field field, String listType) {
        return field.type() instanceof FieldType.ListOf list
                && listType.equals(list.merge().listType());
    }

    private static boolean hasMergeKey(Field field) {
        return field.type() instanceof FieldType.ListOf list && list.merge().patchMergeKey() != null;
    }

    private ResourceType resource(String group, String plural) {
        return catalogue.resource(new GroupVersionResource(group, "v1", plural)).orElseThrow();
    }

    @Test
    void whatIsReplacedAsAWholeSaysSo() {
        assertThat(schema("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector").isAtomic())
                .isTrue();
        assertThat(schema("io.k8s.api.core.v1.PodSpec").isAtomic()).isFalse();
        assertThat(field("io.k8s.api.core.v1.PodSpec", "nodeSelector").traits().mapType())
                .isEqualTo("atomic");
    }

    @Test
    void fieldsAreDescribedAndRequiredAsInTheModel() {
        assertThat(field("io.k8s.api.core.v1.Container", "name").isRequired()).isTrue();
        assertThat(field("io.k8s.api.core.v1.Container", "image").isRequired()).isFalse();
        assertThat(field("io.k8s.api.core.v1.Container", "image").description()).contains("image name");
        assertThat(schema("io.k8s.api.core.v1.Pod").description()).contains("collection of containers");
    }

    @Test
    void deleteOptionsBelongToEveryGroup() {
        assertThat(catalogue.schemaOf(new GroupVersionKind("apps", "v1", "DeleteOptions")))
                .isEqualTo(catalogue.schemaOf(new GroupVersionKind("", "v1", "DeleteOptions")))
                .isPresent();
        assertThat(catalogue.schemaOf(new GroupVersionKind("apps", "v1", "Nothing")))
                .isEmpty();
    }

    @Test
    void aSchemaIsUnpackedOnce() {
        assertThat(schema("io.k8s.api.core.v1.Pod")).isSameAs(schema("io.k8s.api.core.v1.Pod"));
        assertThat(catalogue.schema("io.k8s.api.core.v1.Nothing")).isEmpty();
    }

    private ObjectSchema schema(String name) {
        return catalogue.schema(name).orElseThrow();
    }

    private Field field(String schema, String name) {
        return schema(schema).field(name).orElseThrow();
    }

    private Form form(String schema, String name) {
        return ((FieldType.Scalar) field(schema, name).type()).form();
    }
}
