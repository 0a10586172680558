package io.kvorum.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server and a node on loopback, and what stands behind the node's firewall. */
@Timeout(30)
class TunnelTest {
    private static final int MANY = 8 << 20;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final CountDownLatch served = new CountDownLatch(1);
    private ServerSocket behind;
    private Tunnel ofServer;
    private Tunnel ofNode;

    @BeforeEach
    void connect() throws IOException {
        behind = closing(listen());
        try (ServerSocket door = listen()) {
            Socket node = closing(new Socket());
            node.connect(door.getLocalSocketAddress());
            Socket server = closing(door.accept());
            ofServer = closing(new Tunnel(wire(server, false), Tunnel.nobody(), new Random(1)));
            ofNode = closing(new Tunnel(wire(node, true), this::dial, new Random(2)));
        }
        Thread.ofVirtual().start(() -> {
            ofServer.serve();
            served.countDown();
        });
        Thread.ofVirtual().start(ofNode::serve);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : closing.reversed()) {
            each.close();
        }
    }

    private static ServerSocket listen() throws IOException {
        var socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    private <T extends AutoCloseable> T closing(T part) {
        closing.add(part);
        return part;
    }

    private static Wire wire(Socket socket, boolean isOpener) throws IOException {
        return new Wire(socket.getInputStream(), socket.getOutputStream(), isOpener, socket);
    }

    private Socket dial(String protocol, String address) throws IOException {
        if (!address.equals("127.0.0.1:10250")) {
            throw new IOException("connect not allowed");
        }
        var socket = new Socket();
        socket.connect(behind.getLocalSocketAddress());
        return socket;
    }

    /** This test's end of a connection through the tunnel. */
    private Socket through(String address) throws IOException {
        try (ServerSocket door = listen()) {
            Socket near = closing(new Socket());
            near.connect(door.getLocalSocketAddress());
            ofServer.carry(closing(door.accept()), "tcp", address);
            return near;
        }
    }

    private Socket accepted() throws IOException {
        return closing(behind.accept());
    }

    private static byte[] noise(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatIsSaidOnOneSideIsHeardOnTheOther() throws IOException {
        speakBothWays();
    }

    private void speakBothWays() throws IOException {
        Socket near = through("127.0.0.1:10250");
        Socket far = accepted();

        near.getOutputStream().write("who is there".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(far.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                .isEqualTo("who is there");
        far.getOutputStream().write("a kubelet".getBytes(StandardCharsets.UTF_8));
        far.close();

        assertThat(new String(near.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("a kubelet");
    }

    @Test
    void whoAsksForAnythingElseFindsTheConnectionClosed() throws IOException {
        Socket near = through("127.0.0.1:22");

        assertThat(near.getInputStream().read()).isEqualTo(-1);
        // and the others go on
        speakBothWays();
    }

    @Test
    void oneWhoDoesNotReadHoldsNobodyUpAndLosesNothing() throws Exception {
        Socket slow = through("127.0.0.1:10250");
        Socket slowFar = accepted();
        Thread sender = Thread.ofVirtual().start(() -> write(slowFar, noise(1, MANY)));

        speakBothWays();
        assertThat(sender.isAlive()).as("it waits for the reader").isTrue();

        byte[] received = slow.getInputStream().readNBytes(MANY);
        assertThat(Arrays.equals(received, noise(1, MANY))).isTrue();
    }

    @Test
    void bothDirectionsAreFullAtTheSameTime() throws Exception {
        Socket near = through("127.0.0.1:10250");
        Socket far = accepted();
        Thread.ofVirtual().start(() -> write(near, noise(1, MANY)));
        Thread.ofVirtual().start(() -> write(far, noise(2, MANY)));

        byte[][] heardFar = new byte[1][];
        Thread reader = Thread.ofVirtual().start(() -> heardFar[0] = read(far));
        byte[] heardNear = read(near);
        reader.join();

        assertThat(Arrays.equals(heardNear, noise(2, MANY))).isTrue();
        assertThat(Arrays.equals(heardFar[0], noise(1, MANY))).isTrue();
    }

    @Test
    void whenTheNodeGoesAwayAllItsConnectionsEnd() throws Exception {
        Socket near = through("127.0.0.1:10250");
        accepted();

        ofNode.close();

        assertThat(near.getInputStream().read()).isEqualTo(-1);
        assertThat(served.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] read(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            return in.readNBytes(MANY);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
