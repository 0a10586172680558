package io.kvorum.apiserver.http;

import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.GroupVersionResource;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, read off its method, path and query alone.
 *
 * @param verb create, update, patch, get, list, watch, delete, deletecollection; for other URLs the method in lower case
 * @param resource null for a URL that names no resource, such as {@code /version}
 * @param subresource empty for none, such as {@code status}; of {@code .../proxy/a/b} it is {@code proxy}
 * @param rest the path behind the subresource without a leading slash, for proxies; else empty
 * @param namespace empty for a cluster-wide request; of the namespaces resource itself its own name, as upstream has it
 * @param name empty for a collection
 */
public record RequestInfo(
        String verb,
        String path,
        @Nullable GroupVersion groupVersion,
        @Nullable GroupVersionResource resource,
        String subresource,
        String rest,
        String namespace,
        String name) {
    public boolean isResourceRequest() {
        return resource != null;
    }
}
