package io.kvorum.node.config;

import java.util.function.Supplier;

/**
 * What the machine says about itself where the operator said nothing.
 *
 * @param hostName in lower case
 * @param address finds the address of the interface with the default route; asked only when needed
 * @param nodeId eight hex digits that this machine keeps; made up when first asked for
 */
public record Machine(String hostName, Supplier<String> address, Supplier<String> nodeId) {}
