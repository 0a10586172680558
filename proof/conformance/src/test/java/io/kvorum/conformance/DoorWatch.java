package io.kvorum.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/**
 * Knocks at a server's door all the time, each time by a new connection: whoever is let in must be able to read. A thread of
 * its own.
 */
final class DoorWatch implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5000;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final SSLContext tls;
    private final String address;
    private final Thread thread;
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<String> letDown = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean isOver;

    /** @param tls of an administrator */
    DoorWatch(SSLContext tls, String address) {
        this.tls = tls;
        this.address = address;
        this.thread = Thread.ofPlatform().name("door-watch").start(this::run);
    }

    private void run() {
        boolean wasLetDown = false;
        while (!isOver) {
            try (var socket = new Socket()) {
                wasLetDown = knock(socket, wasLetDown);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * Only when two in a row are let down it counts: one may come in the very moment the door closes.
     *
     * @return whether this one was
     */
    private boolean knock(Socket socket, boolean wasLetDown) {
        try {
            socket.connect(new InetSocketAddress(address, 6443), PATIENCE_MILLIS);
        } catch (IOException e) {
            refused.incrementAndGet();
            return false;
        }
        String answer = answer(socket);
        if (answer.startsWith("HTTP/1.1 200 ")) {
            served.incrementAndGet();
            return false;
        }
        if (wasLetDown) {
            letDown.add(LocalTime.now(ZoneId.systemDefault()) + " "
                    + answer.lines().findFirst().orElse("nothing"));
        }
        return true;
    }

    private String answer(Socket socket) {
        try (Socket secure = tls.getSocketFactory().createSocket(socket, address, 6443, true)) {
            secure.setSoTimeout(PATIENCE_MILLIS);
            secure.getOutputStream()
                    .write("GET /api/v1/namespaces/default HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(address)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(secure.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    int served() {
        return served.get();
    }

    int refused() {
        return refused.get();
    }

    /** Each who was let in and could not read, though somebody before had the same luck. */
    List<String> letDown() {
        return List.copyOf(letDown);
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
