package io.kvorum.agent.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server that answers whatever it is told with its name, until it is killed, hangs or comes back on the same port. */
final class ToyServer implements HealthCheck, AutoCloseable {
    private final String name;
    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket door;
    private volatile boolean hung;

    ToyServer(String name) {
        this.name = name;
        this.door = open(0);
        this.port = door.getLocalPort();
    }

    private ServerSocket open(int wanted) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            Thread.ofVirtual().start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> answer(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        byte[] buffer = new byte[100];
        try (connection) {
            InputStream in = connection.getInputStream();
            while (in.read(buffer) >= 0) {
                if (!hung) {
                    connection.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException gone) {
            connections.remove(connection);
        }
    }

    ServerAddress address() {
        return new ServerAddress("127.0.0.1", port);
    }

    String url() {
        return "https://" + address().authority();
    }

    /** Nobody listens any more and connections break. */
    void die() {
        try {
            door.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a process that is stopped: the kernel still takes connections. */
    void hang() {
        hung = true;
    }

    void comeBack() {
        hung = false;
        if (door.isClosed()) {
            door = open(port);
        }
    }

    @Override
    public boolean isServing(ServerAddress server) {
        return server.equals(address()) && !hung && !door.isClosed();
    }

    @Override
    public void close() {
        die();
    }
}
