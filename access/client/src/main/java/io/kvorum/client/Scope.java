package io.kvorum.client;

import java.util.Optional;

/** Which objects of a kind an informer holds: all, those of a namespace, those that match one field, or both. */
public record Scope(Optional<String> namespace, Optional<Field> field) {
    /** A field selector's one requirement. */
    public record Field(String path, String value) {}

    public static final Scope ALL = new Scope(Optional.empty(), Optional.empty());

    public static Scope namespace(String namespace) {
        return new Scope(Optional.of(namespace), Optional.empty());
    }

    public static Scope field(String path, String value) {
        return new Scope(Optional.empty(), Optional.of(new Field(path, value)));
    }
}
