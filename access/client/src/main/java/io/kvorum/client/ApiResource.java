package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import java.util.List;

/** A resource as discovery names it, in one version. */
public record ApiResource(
        String group, String version, String plural, String kind, boolean namespaced, List<String> verbs) {
    public ApiResource {
        verbs = List.copyOf(verbs);
    }

    /** The resource of one of fabric8's model classes. */
    public static ApiResource of(Class<? extends HasMetadata> kind) {
        return new ApiResource(
                HasMetadata.getGroup(kind),
                HasMetadata.getVersion(kind),
                HasMetadata.getPlural(kind),
                HasMetadata.getKind(kind),
                Namespaced.class.isAssignableFrom(kind),
                List.of());
    }

    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code deployments.apps}, or the plural alone for the core group. */
    public String groupResource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    public boolean can(String verb) {
        return verbs.contains(verb);
    }

    /** The path of all objects, in all namespaces. */
    public String path() {
        return root() + "/" + plural;
    }

    /** The path of the objects in a namespace. */
    public String pathIn(String namespace) {
        return root() + "/namespaces/" + namespace + "/" + plural;
    }

    /** The path of one object. */
    public String path(ObjectKey key) {
        return (key.namespace().isEmpty() ? path() : pathIn(key.namespace())) + "/" + key.name();
    }

    private String root() {
        return group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    }
}
