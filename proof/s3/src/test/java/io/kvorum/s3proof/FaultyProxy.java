package io.kvorum.s3proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP proxy before a server that answers its first requests itself, with 503; threads of its own. */
final class FaultyProxy implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final int target;
    private final AtomicInteger failures;
    private final AtomicInteger served = new AtomicInteger();

    FaultyProxy(int target, int failures) throws IOException {
        this.target = target;
        this.failures = new AtomicInteger(failures);
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    int served() {
        return served.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            if (failures.getAndDecrement() > 0) {
                client.getInputStream().read(new byte[8192]);
                client.getOutputStream()
                        .write("HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            served.incrementAndGet();
            try (var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                Thread back = Thread.ofVirtual().start(() -> copy(server, client));
                copy(client, server);
                back.join();
            }
        } catch (IOException e) {
            // either side left
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            // either side left
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
