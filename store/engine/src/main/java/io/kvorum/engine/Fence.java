package io.kvorum.engine;

/** The term a leader was elected in. A write under a fence fails with {@link StoreException.Deposed} once that term is over. */
public record Fence(long term) {}
