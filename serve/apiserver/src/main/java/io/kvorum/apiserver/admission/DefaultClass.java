package io.kvorum.apiserver.admission;

import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Writes the default class into objects that name none: storage classes of claims, classes of ingresses. Any thread. */
final class DefaultClass implements Plugin {
    private static final GroupVersionResource INGRESSES =
            new GroupVersionResource("networking.k8s.io", "v1", "ingresses");
    private static final GroupVersionResource INGRESS_CLASSES =
            new GroupVersionResource("networking.k8s.io", "v1", "ingressclasses");

    private final ClusterObjects objects;
    private final GroupVersionResource resource;
    private final GroupVersionResource classes;
    private final String field;
    private final String oldAnnotation;
    private final List<String> defaultAnnotations;

    private DefaultClass(
            ClusterObjects objects,
            GroupVersionResource resource,
            GroupVersionResource classes,
            String field,
            String oldAnnotation,
            List<String> defaultAnnotations) {
        this.objects = objects;
        this.resource = resource;
        this.classes = classes;
        this.field = field;
        this.oldAnnotation = oldAnnotation;
        this.defaultAnnotations = defaultAnnotations;
    }

    static DefaultClass storage(ClusterObjects objects) {
        return new DefaultClass(
                objects,
                KnownResources.VOLUME_CLAIMS,
                KnownResources.STORAGE_CLASSES,
                "storageClassName",
                "volume.beta.kubernetes.io/storage-class",
                List.of(
                        "storageclass.kubernetes.io/is-default-class",
                        "storageclass.beta.kubernetes.io/is-default-class"));
    }

    static DefaultClass ingress(ClusterObjects objects) {
        return new DefaultClass(
                objects,
                INGRESSES,
                INGRESS_CLASSES,
                "ingressClassName",
                "kubernetes.io/ingress.class",
                List.of("ingressclass.kubernetes.io/is-default-class"));
    }

    /** An empty name is a choice too: no class at all. */
    @Override
    public void change(AdmissionRequest request) {
        if (!Subject.isNew(request, resource)) {
            return;
        }
        ObjectNode object = Subject.object(request);
        boolean isChosen = object.path("spec").hasNonNull(field)
                || object.path("metadata").path("annotations").has(oldAnnotation);
        if (isChosen) {
            return;
        }
        objects.list(classes, "").stream()
                .filter(this::isDefault)
                .min(Comparator.comparing(DefaultClass::created).reversed().thenComparing(Fields::name))
                .ifPresent(each -> object.withObjectProperty("spec").put(field, Fields.name(each)));
    }

    private boolean isDefault(ObjectNode each) {
        return defaultAnnotations.stream()
                .anyMatch(annotation -> each.path("metadata")
                        .path("annotations")
                        .path(annotation)
                        .asString("")
                        .equals("true"));
    }

    private static String created(ObjectNode each) {
        return each.path("metadata").path("creationTimestamp").asString("");
    }
}
