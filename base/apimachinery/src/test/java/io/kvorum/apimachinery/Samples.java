package io.kvorum.apimachinery;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.ListOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.MapOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Reference;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Scalar;
import io.kvorum.apimachinery.schema.ObjectSchema.Form;
import io.kvorum.apimachinery.schema.ObjectSchema.ListMerge;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.GroupVersionKind;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A small catalogue with a few fields of Pod and Deployment, and shorthand for writing objects in tests. */
public final class Samples {
    public static final ResourceType PODS = type("", "v1", "Pod", "pods", "io.k8s.api.core.v1.Pod", true);
    public static final ResourceType DEPLOYMENTS =
            type("apps", "v1", "Deployment", "deployments", "io.k8s.api.apps.v1.Deployment", true);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Samples() {}

    /** Reads JSON in which single quotes stand for double ones. */
    public static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    public static ResourceType type(
            String group, String version, String kind, String plural, String schema, boolean isNamespaced) {
        return new ResourceType(
                new GroupVersionResource(group, version, plural),
                kind,
                kind.toLowerCase(java.util.Locale.ROOT),
                isNamespaced,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "/registry/" + plural + "/",
                schema,
                version);
    }

    public static Catalogue catalogue() {
        return new SampleCatalogue();
    }

    private static final class SampleCatalogue implements Catalogue {
        private static final String CORE = "io.k8s.api.core.v1.";
        private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
        private static final FieldType STRING = new Scalar(Form.STRING, List.of());
        private static final FieldType INT32 = new Scalar(Form.INT32, List.of());
        private static final FieldType BOOLEAN = new Scalar(Form.BOOLEAN, List.of());
        private static final FieldType QUANTITY = new Scalar(Form.QUANTITY, List.of());

        private final Map<String, ObjectSchema> schemas = new LinkedHashMap<>();

        SampleCatalogue() {
            add(
                    META,
                    "name",
                    STRING,
                    "namespace",
                    STRING,
                    "labels",
                    new MapOf(STRING),
                    "annotations",
                    new MapOf(STRING),
                    "finalizers",
                    merged(STRING, null),
                    "creationTimestamp",
                    new Scalar(Form.TIME, List.of()));
            add(
                    CORE + "Pod",
                    "apiVersion",
                    STRING,
                    "kind",
                    STRING,
                    "metadata",
                    new Reference(META),
                    "spec",
                    ref("PodSpec"));
            add(
                    CORE + "PodSpec",
                    "containers",
                    merged(ref("Container"), "name"),
                    "volumes",
                    merged(ref("Volume"), "name"),
                    "tolerations",
                    plain(ref("Toleration")),
                    "hostNetwork",
                    BOOLEAN,
                    "nodeSelector",
                    new MapOf(STRING),
                    "restartPolicy",
                    STRING);
            add(
                    CORE + "Container",
                    "name",
                    STRING,
                    "image",
                    STRING,
                    "args",
                    plain(STRING),
                    "ports",
                    merged(ref("ContainerPort"), "containerPort"),
                    "env",
                    merged(ref("EnvVar"), "name"),
                    "resources",
                    ref("ResourceRequirements"));
            add(CORE + "ContainerPort", "containerPort", INT32, "protocol", STRING, "name", STRING);
            add(CORE + "EnvVar", "name", STRING, "value", STRING);
            add(CORE + "Volume", "name", STRING, "emptyDir", ref("EmptyDir"), "hostPath", ref("HostPath"));
            add(CORE + "EmptyDir", "medium", STRING);
            add(CORE + "HostPath", "path", STRING);
            add(CORE + "Toleration", "key", STRING, "operator", STRING);
            add(CORE + "ResourceRequirements", "limits", new MapOf(QUANTITY), "requests", new MapOf(QUANTITY));
            add(CORE + "PodTemplateSpec", "metadata", new Reference(META), "spec", ref("PodSpec"));
            String apps = "io.k8s.api.apps.v1.";
            add(
                    apps + "Deployment",
                    "apiVersion",
                    STRING,
                    "kind",
                    STRING,
                    "metadata",
                    new Reference(META),
                    "spec",
                    new Reference(apps + "DeploymentSpec"));
            add(
                    apps + "DeploymentSpec",
                    "replicas",
                    INT32,
                    "template",
                    ref("PodTemplateSpec"),
                    "strategy",
                    new Reference(apps + "DeploymentStrategy"));
            add(apps + "DeploymentStrategy", "type", STRING, "rollingUpdate", new Reference(apps + "RollingUpdate"));
            add(apps + "RollingUpdate", "maxSurge", new Scalar(Form.INT_OR_STRING, List.of()));
        }

        private static FieldType ref(String name) {
            return new Reference(CORE + name);
        }

        private static FieldType plain(FieldType item) {
            return new ListOf(item, ListMerge.ATOMIC);
        }

        private static FieldType merged(FieldType item, @org.jspecify.annotations.Nullable String key) {
            return new ListOf(item, new ListMerge("map", List.of(), List.of("merge"), key));
        }

        private void add(String name, Object... fields) {
            List<Field> list = new java.util.ArrayList<>();
            for (int i = 0; i < fields.length; i += 2) {
                list.add(new Field((String) fields[i], (FieldType) fields[i + 1], "", false));
            }
            schemas.put(name, new ObjectSchema(name, "", list));
        }

        @Override
        public List<GroupVersion> groupVersions() {
            return List.of(PODS.groupVersion(), DEPLOYMENTS.groupVersion());
        }

        @Override
        public List<ResourceType> resources() {
            return List.of(PODS, DEPLOYMENTS);
        }

        @Override
        public Optional<ResourceType> resource(GroupVersionResource id) {
            return resources().stream().filter(type -> type.id().equals(id)).findFirst();
        }

        @Override
        public Optional<ResourceType> kind(GroupVersionKind kind) {
            return resources().stream()
                    .filter(type -> type.groupVersionKind().equals(kind))
                    .findFirst();
        }

        @Override
        public Optional<ObjectSchema> schema(String name) {
            return Optional.ofNullable(schemas.get(name));
        }
    }
}
