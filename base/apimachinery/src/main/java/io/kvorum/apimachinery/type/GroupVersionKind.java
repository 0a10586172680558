package io.kvorum.apimachinery.type;

/** Names a kind as objects do, such as apps, v1, Deployment. */
public record GroupVersionKind(String group, String version, String kind) {
    public GroupVersion groupVersion() {
        return new GroupVersion(group, version);
    }
}
