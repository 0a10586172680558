package io.kvorum.network.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives one answer to whatever HTTP request comes in, and hangs up. One owner; answers on threads of its own. */
final class HealthCheckDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthCheckDoor.class);
    /** More callers at once are hung up on. */
    private static final int MOST_CALLERS = 32;

    private static final int REQUEST_MILLIS = 2000;
    private static final int MOST_LINES = 100;

    private final ServerSocket socket;
    private final Supplier<HealthCheck> check;
    private final Semaphore room = new Semaphore(MOST_CALLERS);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("health-check-", 0).factory());

    HealthCheckDoor(ServerSocket socket, Supplier<HealthCheck> check) {
        this.socket = socket;
        this.check = check;
        threads.execute(this::accept);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket caller = socket.accept();
                if (room.tryAcquire()) {
                    threads.execute(() -> answer(caller));
                } else {
                    caller.close();
                }
            } catch (IOException failure) {
                LOG.atDebug().setCause(failure).log("no health check was accepted");
            }
        }
    }

    private void answer(Socket caller) {
        try (caller) {
            caller.setSoTimeout(REQUEST_MILLIS);
            var in = new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            for (int i = 0; i < MOST_LINES && line != null && !line.isEmpty(); i++) {
                line = in.readLine();
            }
            HealthCheck now = check.get();
            byte[] body = now.json().getBytes(StandardCharsets.UTF_8);
            String head =
                    "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                            .formatted(now.httpStatus() == 200 ? "200 OK" : "503 Service Unavailable", body.length);
            caller.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            caller.getOutputStream().write(body);
        } catch (IOException gone) {
            LOG.atTrace().log("a health check ended early");
        } finally {
            room.release();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            LOG.atDebug().setCause(failure).log("a health check port did not close cleanly");
        }
        threads.shutdownNow();
    }
}
