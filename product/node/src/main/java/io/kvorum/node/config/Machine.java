package io.kvorum.node.config;

/**
 * What the machine says about itself where the operator said nothing.
 *
 * @param hostName in lower case
 * @param address of the interface with the default route
 */
public record Machine(String hostName, String address) {}
