package io.kvorum.crictl.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvorum.crictl.session.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Local ports whose connections end at ports inside a pod, until the thread is interrupted or the runtime hangs up. */
public final class PortForward {
    private static final String PROTOCOL = "portforward.k8s.io";
    private static final int CHUNK = 16 << 10;

    /** @param local 0 for any free one */
    public record Ports(int local, int remote) {
        /** Reads {@code LOCAL:REMOTE}, {@code :REMOTE} or {@code BOTH}. */
        public static Ports parse(String text) {
            if (!text.matches("(\\d{0,5}:)?\\d{1,5}")) {
                throw new Failure("a port is given as [LOCAL:]REMOTE, not as \"%s\"".formatted(text));
            }
            int colon = text.indexOf(':');
            int remote = number(text.substring(colon + 1));
            return new Ports(colon < 0 ? remote : colon == 0 ? 0 : number(text.substring(0, colon)), remote);
        }

        private static int number(String text) {
            int number = Integer.parseInt(text);
            if (number < 1 || number > 65535) {
                throw new Failure("there is no port " + text);
            }
            return number;
        }
    }

    private final URI url;
    private final PrintStream out;
    private final PrintStream err;
    private final AtomicInteger requests = new AtomicInteger();

    public PortForward(URI url, PrintStream out, PrintStream err) {
        this.url = url;
        this.out = out;
        this.err = err;
    }

    public void run(List<Ports> wanted) throws InterruptedException {
        List<ServerSocket> doors = new ArrayList<>();
        try (SpdyConnection connection = SpdyConnection.open(url, PROTOCOL)) {
            for (Ports ports : wanted) {
                ServerSocket door = new ServerSocket();
                doors.add(door);
                door.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ports.local()));
                out.println("Forwarding from 127.0.0.1:%d -> %d".formatted(door.getLocalPort(), ports.remote()));
                out.flush();
                Thread.ofVirtual().name("forward-" + ports.remote()).start(() -> accept(connection, door, ports));
            }
            while (!connection.isClosed()) {
                Thread.sleep(200);
            }
            throw new Failure("the runtime closed the connection");
        } catch (IOException failure) {
            throw new Failure("ports cannot be forwarded: " + failure.getMessage());
        } finally {
            for (ServerSocket door : doors) {
                closeQuietly(door);
            }
        }
    }

    private void accept(SpdyConnection connection, ServerSocket door, Ports ports) {
        try {
            while (true) {
                Socket caller = door.accept();
                Thread.ofVirtual().name("forwarded").start(() -> converse(connection, caller, ports.remote()));
            }
        } catch (IOException closed) {
            // forwarding is over
        }
    }

    private void converse(SpdyConnection connection, Socket caller, int port) {
        try (caller) {
            String request = String.valueOf(requests.getAndIncrement());
            ByteArrayOutputStream complaint = new ByteArrayOutputStream();
            SpdyStream error = connection.open(headers("error", port, request), new Collecting(complaint));
            error.finish();
            OutputStream back = caller.getOutputStream();
            SpdyStream data = connection.open(headers("data", port, request), new Answering(caller, back));
            InputStream from = caller.getInputStream();
            byte[] chunk = new byte[CHUNK];
            for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
                data.send(chunk, length);
            }
            data.finish();
            data.awaitEnd(1, TimeUnit.MINUTES);
            if (error.awaitEnd(5, TimeUnit.SECONDS) && complaint.size() > 0) {
                err.println(
                        "port %d: %s".formatted(port, complaint.toString(UTF_8).strip()));
            }
        } catch (IOException gone) {
            // one of the two has hung up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> headers(String type, int port, String request) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("streamtype", type);
        headers.put("port", String.valueOf(port));
        headers.put("requestid", request);
        return headers;
    }

    private static void closeQuietly(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception alreadyGone) {
            // nothing is left to close
        }
    }

    private record Collecting(ByteArrayOutputStream to) implements StreamSink {
        @Override
        public void accept(byte[] bytes) {
            to.writeBytes(bytes);
        }

        @Override
        public void end() {}
    }

    private record Answering(Socket caller, OutputStream to) implements StreamSink {
        @Override
        public void accept(byte[] bytes) throws IOException {
            to.write(bytes);
        }

        @Override
        public void end() {
            try {
                caller.shutdownOutput();
            } catch (IOException alreadyGone) {
                // the caller has hung up first
            }
        }
    }
}
