package io.kvorum.apimachinery.codec;

/**
 * The outcome of a negotiation over the answer.
 *
 * @param metaVersion of meta.k8s.io for a table or metadata: {@code v1} or {@code v1beta1}; empty for the object itself
 * @param isPretty whether the client asked for indented JSON
 */
public record Accepted(Encoding encoding, Representation representation, String metaVersion, boolean isPretty) {}
