package io.kvorum.network.proxy;

/** Where a connection to a service port may end; {@code local} if that is on this node. */
record Backend(String address, int port, boolean local) {}
