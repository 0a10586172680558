package io.kvorum.apimachinery.type;

/** Names a resource as URLs do, such as apps, v1, deployments. */
public record GroupVersionResource(String group, String version, String resource) {
    public GroupVersion groupVersion() {
        return new GroupVersion(group, version);
    }

    /** As error messages name it: {@code pods} or {@code deployments.apps}. */
    public String qualified() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
