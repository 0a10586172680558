package io.kvorum.node;

import io.kvorum.node.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ports of a server's HTTPS door. */
final class ServerPorts {
    private static final Logger LOG = LoggerFactory.getLogger(ServerPorts.class);
    /** Where load balancers that were set up for RKE2 look for the supervisor. */
    private static final int SUPERVISOR_PORT = 9345;

    private ServerPorts() {}

    /** Says so before anything is made or changed; the door's own binding comes last, when there is something to serve. */
    static void refuseTaken(ServerConfig.Listener listener) {
        try {
            probe(listener.bindAddress(), listener.port());
        } catch (IOException e) {
            throw new StartFailure(
                    "port %d on %s is in use by another process, or the address is not this machine's (%s)"
                            .formatted(listener.port(), listener.bindAddress(), e.getMessage()),
                    e);
        }
    }

    /** The API's port, and the supervisor's if nobody else has it. */
    static InetSocketAddress[] listen(ServerConfig.Listener listener) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        addresses.add(new InetSocketAddress(listener.bindAddress(), listener.port()));
        if (listener.port() != SUPERVISOR_PORT) {
            try {
                probe(listener.bindAddress(), SUPERVISOR_PORT);
                addresses.add(new InetSocketAddress(listener.bindAddress(), SUPERVISOR_PORT));
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("port", SUPERVISOR_PORT)
                        .addKeyValue("reason", e.getMessage())
                        .log("the supervisor is served on the API's port alone");
            }
        }
        return addresses.toArray(InetSocketAddress[]::new);
    }

    private static void probe(String address, int port) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
        }
    }
}
