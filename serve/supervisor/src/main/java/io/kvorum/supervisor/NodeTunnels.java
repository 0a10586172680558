package io.kvorum.supervisor;

import io.kvorum.http.Exchange;
import io.kvorum.tunnel.Tunnel;
import io.kvorum.tunnel.WebSocketKey;
import io.kvorum.tunnel.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tunnels that nodes hold open to this server, {@code /v1-k3s/connect}, and for each such node a door on loopback behind
 * which is its kubelet. Who comes by that door has still to show the kubelet who he is. Any thread.
 */
public final class NodeTunnels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeTunnels.class);
    /** Where every agent finds its kubelet, K3s's too. */
    private static final String KUBELET = "127.0.0.1:10250";

    private static final int TUNNELS_OF_A_NODE = 4;

    private final RandomGenerator chance;
    /** The newest first: an older one may be dead already. */
    private final Map<String, Deque<Tunnel>> tunnels = new HashMap<>();

    private final Map<String, ServerSocket> doors = new HashMap<>();
    private boolean isClosed;

    public NodeTunnels(RandomGenerator chance) {
        this.chance = chance;
    }

    /** Serves a node's tunnel until it ends. */
    void serve(String node, Exchange exchange) throws IOException {
        String key = exchange.requestHeaders().first("Sec-WebSocket-Key").orElse("");
        boolean isWebSocket = exchange.requestHeaders()
                .first("Upgrade")
                .filter("websocket"::equalsIgnoreCase)
                .isPresent();
        if (!isWebSocket || key.isEmpty()) {
            throw new Refusal(400, "a node's tunnel is a websocket");
        }
        exchange.responseHeaders()
                .set("Upgrade", "websocket")
                .set("Connection", "Upgrade")
                .set("Sec-WebSocket-Accept", WebSocketKey.accept(key));
        try (Exchange.Duplex wire = exchange.upgrade()) {
            var tunnel = new Tunnel(new Wire(wire.input(), wire.output(), false, wire::close), Tunnel.nobody(), chance);
            if (add(node, tunnel)) {
                LOG.atInfo().addKeyValue("node", node).log("a node opened its tunnel");
                try {
                    tunnel.serve();
                } finally {
                    remove(node, tunnel);
                    LOG.atInfo().addKeyValue("node", node).log("a node's tunnel ended");
                }
            }
        }
    }

    private synchronized boolean add(String node, Tunnel tunnel) {
        if (isClosed) {
            return false;
        }
        Deque<Tunnel> known = tunnels.computeIfAbsent(node, absent -> new ArrayDeque<>());
        known.addFirst(tunnel);
        if (known.size() > TUNNELS_OF_A_NODE) {
            known.removeLast().close();
        }
        return true;
    }

    private synchronized void remove(String node, Tunnel tunnel) {
        Deque<Tunnel> known = tunnels.get(node);
        if (known == null) {
            return;
        }
        known.remove(tunnel);
        if (known.isEmpty()) {
            tunnels.remove(node);
            close(doors.remove(node));
        }
    }

    /** The port on 127.0.0.1 that leads to the node's kubelet; empty without a tunnel. */
    public synchronized OptionalInt door(String node) {
        if (!tunnels.containsKey(node)) {
            return OptionalInt.empty();
        }
        ServerSocket known = doors.get(node);
        if (known == null) {
            try {
                known = open(node);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("node", node).setCause(e).log("no door for a tunnel could be opened");
                return OptionalInt.empty();
            }
            doors.put(node, known);
        }
        return OptionalInt.of(known.getLocalPort());
    }

    private ServerSocket open(String node) throws IOException {
        var door = new ServerSocket();
        door.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofVirtual().name("tunnel-door-", 0).start(() -> accept(node, door));
        return door;
    }

    private void accept(String node, ServerSocket door) {
        while (!door.isClosed()) {
            try {
                Socket caller = door.accept();
                Tunnel tunnel = newest(node);
                if (tunnel == null) {
                    caller.close();
                } else {
                    caller.setTcpNoDelay(true);
                    tunnel.carry(caller, "tcp", KUBELET);
                }
            } catch (IOException e) {
                if (!door.isClosed()) {
                    LOG.atDebug().addKeyValue("node", node).setCause(e).log("a tunnel's door failed");
                }
            }
        }
    }

    private synchronized @Nullable Tunnel newest(String node) {
        Deque<Tunnel> known = tunnels.get(node);
        return known == null ? null : known.peekFirst();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        tunnels.values().forEach(known -> known.forEach(Tunnel::close));
        tunnels.clear();
        doors.values().forEach(NodeTunnels::close);
        doors.clear();
    }

    private static void close(@Nullable ServerSocket door) {
        try {
            if (door != null) {
                door.close();
            }
        } catch (IOException alreadyGone) {
            // nobody waits behind it
        }
    }
}
