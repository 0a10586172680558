package io.kvorum.apimachinery.type;

/** An API group and one of its versions; the core group's name is empty. */
public record GroupVersion(String group, String version) {
    /** Parses an {@code apiVersion} such as {@code v1} or {@code apps/v1}. */
    public static GroupVersion parse(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0
                ? new GroupVersion("", apiVersion)
                : new GroupVersion(apiVersion.substring(0, slash), apiVersion.substring(slash + 1));
    }

    public boolean isCore() {
        return group.isEmpty();
    }

    /** As written in an object's {@code apiVersion}. */
    public String apiVersion() {
        return isCore() ? version : group + "/" + version;
    }

    /** The root of its URLs: {@code /api/v1} or {@code /apis/apps/v1}. */
    public String path() {
        return isCore() ? "/api/" + version : "/apis/" + group + "/" + version;
    }

    public GroupVersionResource resource(String plural) {
        return new GroupVersionResource(group, version, plural);
    }

    public GroupVersionKind kind(String kind) {
        return new GroupVersionKind(group, version, kind);
    }

    @Override
    public String toString() {
        return apiVersion();
    }
}
