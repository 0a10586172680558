package io.kvorum.apiserver.authz;

/** What somebody wants to do; what is asked of the rules. */
public sealed interface Access {
    String verb();

    /**
     * Something to a resource.
     *
     * @param subresource empty for none
     * @param namespace empty for cluster-wide
     * @param name empty for any
     */
    record ToResource(String verb, String group, String resource, String subresource, String namespace, String name)
            implements Access {
        /** As rules and messages name it, such as {@code pods/log}. */
        public String qualified() {
            return subresource.isEmpty() ? resource : resource + "/" + subresource;
        }
    }

    /** Something to a URL that names no resource. */
    record ToPath(String verb, String path) implements Access {}
}
