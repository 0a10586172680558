package io.kvorum.snapshot.catalogue;

/**
 * How to save a snapshot. A value.
 *
 * @param prefix first part of its name
 * @param node that saves it, the second part
 * @param tokenHash by which the cluster's token can be told; empty when not known
 */
public record SaveOrder(String prefix, String node, boolean isCompressed, String tokenHash) {}
