package io.kvorum.agent.tunnel;

import io.kvorum.agent.balancer.ServerAddress;
import io.kvorum.tunnel.Tunnel;
import io.kvorum.tunnel.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a tunnel open to each server, so that logs and exec work though nobody can connect to this node: behind a firewall,
 * or a router that translates addresses. Servers are told by any thread; each has a thread of its own.
 */
public final class ServerTunnels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTunnels.class);
    private static final Duration CONNECT = Duration.ofSeconds(4);
    /** A server that starts or lost power is back in about this time. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** What servers may ask for: the kubelet, as they know it on any node. */
    private static final Set<String> KUBELET = Set.of("127.0.0.1:10250", "localhost:10250", "[::1]:10250");

    private final SSLContext tls;
    private final InetSocketAddress kubelet;
    private final RandomGenerator chance;
    private final Map<ServerAddress, Link> links = new HashMap<>();
    private boolean isClosed;

    /**
     * @param tls shows this node's certificate, and believes the cluster's servers alone
     * @param kubelet where it really listens
     * @param chance for any thread
     */
    public ServerTunnels(SSLContext tls, InetSocketAddress kubelet, RandomGenerator chance) {
        this.tls = tls;
        this.kubelet = kubelet;
        this.chance = chance;
    }

    /** From now on these are the servers. */
    public synchronized void servers(List<ServerAddress> servers) {
        if (isClosed || servers.isEmpty()) {
            return;
        }
        var wanted = new TreeSet<>(servers);
        links.entrySet().removeIf(known -> {
            if (wanted.contains(known.getKey())) {
                return false;
            }
            known.getValue().close();
            return true;
        });
        for (ServerAddress server : wanted) {
            links.computeIfAbsent(server, absent -> {
                var link = new Link(server);
                Thread.ofVirtual().name("tunnel-to-" + server).start(link::run);
                return link;
            });
        }
    }

    private Socket dial(String protocol, String address) throws IOException {
        if (!protocol.equals("tcp") || !KUBELET.contains(address)) {
            throw new IOException("connect not allowed");
        }
        var socket = new Socket();
        try {
            socket.connect(kubelet, (int) CONNECT.toMillis());
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        links.values().forEach(Link::close);
        links.clear();
    }

    /** The tunnel to one server, opened again whenever it ended. */
    private final class Link {
        private final ServerAddress server;
        private final CountDownLatch closing = new CountDownLatch(1);
        private @Nullable Tunnel tunnel;

        Link(ServerAddress server) {
            this.server = server;
        }

        void run() {
            try {
                do {
                    serveOnce();
                } while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        private void serveOnce() {
            try (Socket wire = Opening.open(tls, server.resolve(), server.authority(), CONNECT, chance)) {
                var fresh = new Tunnel(
                        new Wire(wire.getInputStream(), wire.getOutputStream(), true, wire),
                        ServerTunnels.this::dial,
                        chance);
                if (take(fresh)) {
                    LOG.atInfo().addKeyValue("server", server).log("a tunnel to a server is open");
                    fresh.serve();
                }
            } catch (IOException e) {
                LOG.atDebug()
                        .addKeyValue("server", server)
                        .addKeyValue("reason", e.getMessage())
                        .log("no tunnel to a server");
            }
        }

        private synchronized boolean take(Tunnel fresh) {
            tunnel = fresh;
            return closing.getCount() > 0;
        }

        synchronized void close() {
            closing.countDown();
            if (tunnel != null) {
                tunnel.close();
            }
        }
    }
}
