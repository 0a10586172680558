package io.kvorum.apiserver.cluster;

import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.GroupVersionResource;

/** The built-in resources that the API server itself looks at. */
public final class KnownResources {
    private static final GroupVersion CORE = new GroupVersion("", "v1");
    private static final GroupVersion RBAC = new GroupVersion("rbac.authorization.k8s.io", "v1");

    public static final GroupVersionResource NAMESPACES = CORE.resource("namespaces");
    public static final GroupVersionResource PODS = CORE.resource("pods");
    public static final GroupVersionResource NODES = CORE.resource("nodes");
    public static final GroupVersionResource SERVICES = CORE.resource("services");
    public static final GroupVersionResource ENDPOINTS = CORE.resource("endpoints");
    public static final GroupVersionResource SECRETS = CORE.resource("secrets");
    public static final GroupVersionResource CONFIG_MAPS = CORE.resource("configmaps");
    public static final GroupVersionResource SERVICE_ACCOUNTS = CORE.resource("serviceaccounts");
    public static final GroupVersionResource VOLUMES = CORE.resource("persistentvolumes");
    public static final GroupVersionResource VOLUME_CLAIMS = CORE.resource("persistentvolumeclaims");
    public static final GroupVersionResource LIMIT_RANGES = CORE.resource("limitranges");
    public static final GroupVersionResource RESOURCE_QUOTAS = CORE.resource("resourcequotas");
    public static final GroupVersionResource ENDPOINT_SLICES =
            new GroupVersionResource("discovery.k8s.io", "v1", "endpointslices");
    public static final GroupVersionResource STORAGE_CLASSES =
            new GroupVersionResource("storage.k8s.io", "v1", "storageclasses");
    public static final GroupVersionResource VOLUME_ATTACHMENTS =
            new GroupVersionResource("storage.k8s.io", "v1", "volumeattachments");
    public static final GroupVersionResource PRIORITY_CLASSES =
            new GroupVersionResource("scheduling.k8s.io", "v1", "priorityclasses");
    public static final GroupVersionResource RUNTIME_CLASSES =
            new GroupVersionResource("node.k8s.io", "v1", "runtimeclasses");
    public static final GroupVersionResource ROLES = RBAC.resource("roles");
    public static final GroupVersionResource ROLE_BINDINGS = RBAC.resource("rolebindings");
    public static final GroupVersionResource CLUSTER_ROLES = RBAC.resource("clusterroles");
    public static final GroupVersionResource CLUSTER_ROLE_BINDINGS = RBAC.resource("clusterrolebindings");

    private KnownResources() {}
}
