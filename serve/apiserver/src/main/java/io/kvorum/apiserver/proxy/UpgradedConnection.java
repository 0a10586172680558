package io.kvorum.apiserver.proxy;

import io.kvorum.http.Exchange;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A connection to a backend that will speak something else after its first answer; one request, then two pumps. */
final class UpgradedConnection implements AutoCloseable {
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(30);
    /** What the caller may still say after the backend has said everything. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private static final int BUFFER_BYTES = 32 * 1024;
    private static final int ERROR_BYTES = 64 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private UpgradedConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        this.out = socket.getOutputStream();
    }

    static UpgradedConnection open(Backend backend, SSLContext context, Duration deadline) throws IOException {
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(backend.host(), backend.port()), (int) deadline.toMillis());
            plain.setTcpNoDelay(true);
            plain.setSoTimeout((int) ANSWER_DEADLINE.toMillis());
            return new UpgradedConnection(
                    backend.kind() == Backend.Kind.POD_HTTP ? plain : secure(plain, backend, context));
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static SSLSocket secure(Socket plain, Backend backend, SSLContext context) throws IOException {
        SSLSocket secure =
                (SSLSocket) context.getSocketFactory().createSocket(plain, backend.host(), backend.port(), true);
        if (backend.kind() == Backend.Kind.KUBELET) {
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        secure.startHandshake();
        return secure;
    }

    void request(Exchange exchange, Backend backend) throws IOException {
        StringBuilder head = new StringBuilder();
        head.append(exchange.method())
                .append(' ')
                .append(backend.pathAndQuery())
                .append(" HTTP/1.1\r\n");
        line(head, "Host", backend.authority());
        line(head, "Connection", "Upgrade");
        exchange.requestHeaders().all("Upgrade").forEach(value -> line(head, "Upgrade", value));
        exchange.requestHeaders().forEach((name, value) -> {
            if (Relay.isPassedOn(name)) {
                line(head, name, value);
            }
        });
        if (!exchange.method().equals("GET")) {
            line(head, "Content-Length", "0");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void line(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    ResponseHead readHead() throws IOException {
        ResponseHead head = ResponseHead.read(in);
        if (head.status() == 101) {
            socket.setSoTimeout(0);
        }
        return head;
    }

    /** The body of a refusal. */
    byte[] readBody(ResponseHead head) throws IOException {
        boolean isChunked = head.headers()
                .first("Transfer-Encoding")
                .filter(value -> value.toLowerCase(Locale.ROOT).contains("chunked"))
                .isPresent();
        if (isChunked) {
            return readChunks();
        }
        int length =
                head.headers().first("Content-Length").map(Integer::parseInt).orElse(ERROR_BYTES);
        return in.readNBytes(Math.min(length, ERROR_BYTES));
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() < ERROR_BYTES) {
            StringBuilder size = new StringBuilder();
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                size.append((char) next);
            }
            int length = chunkLength(size.toString().strip());
            if (length == 0) {
                break;
            }
            body.write(in.readNBytes(Math.min(length, ERROR_BYTES)));
            in.readNBytes(2);
        }
        return body.toByteArray();
    }

    private static int chunkLength(String line) throws IOException {
        int semicolon = line.indexOf(';');
        String digits = semicolon < 0 ? line : line.substring(0, semicolon);
        try {
            return digits.isEmpty() ? 0 : Integer.parseInt(digits, 16);
        } catch (NumberFormatException e) {
            throw new IOException("not a chunk's length: " + line, e);
        }
    }

    /** Moves bytes both ways until both sides are done; an end in one direction is passed on by itself. */
    void join(Exchange.Duplex caller) throws IOException {
        Thread fromCaller = Thread.ofVirtual().name("proxy-upstream").start(() -> pumpUpstream(caller));
        try {
            pump(in, caller.output());
            caller.output().close();
            fromCaller.join(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            caller.close();
            close();
        }
    }

    private void pumpUpstream(Exchange.Duplex caller) {
        try {
            pump(caller.input(), out);
            socket.shutdownOutput();
        } catch (IOException gone) {
            // The caller went away without a farewell: the backend must learn of it at once.
            close();
        }
    }

    private static void pump(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing more can be lost with it.
        }
    }
}
