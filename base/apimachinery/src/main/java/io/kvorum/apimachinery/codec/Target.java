package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.type.GroupVersionKind;
import io.kvorum.apimachinery.type.ResourceType;

/**
 * What a request's body is expected to be.
 *
 * @param schema the schema's name in the catalogue
 * @param takesAnyVersion whether the body's apiVersion is not looked at, as for DeleteOptions, which every group accepts
 */
public record Target(GroupVersionKind kind, String schema, boolean takesAnyVersion) {
    public static Target of(ResourceType type) {
        return new Target(type.groupVersionKind(), type.schema(), false);
    }

    public static Target of(GroupVersionKind kind, String schema) {
        return new Target(kind, schema, false);
    }

    /** The options of a delete, which clients send with many an apiVersion. */
    public static Target deleteOptions() {
        return new Target(
                new GroupVersionKind("", "v1", "DeleteOptions"),
                "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
                true);
    }
}
