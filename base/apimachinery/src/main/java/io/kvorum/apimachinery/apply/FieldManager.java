package io.kvorum.apimachinery.apply;

/**
 * Who changes fields.
 *
 * @param name such as {@code kubectl}
 * @param subresource such as {@code status}; empty for the object itself
 */
public record FieldManager(String name, String subresource) {}
