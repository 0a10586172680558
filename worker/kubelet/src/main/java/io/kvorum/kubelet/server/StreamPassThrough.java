package io.kvorum.kubelet.server;

import io.kvorum.http.Exchange;
import io.kvorum.http.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Joins a caller's upgraded connection with containerd's streaming server, byte for byte: SPDY stays SPDY, WebSocket stays
 * WebSocket. Stateless.
 */
final class StreamPassThrough {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int LONGEST_HEAD = 32 << 10;
    private static final List<String> FORWARDED = List.of(
            "Upgrade",
            "X-Stream-Protocol-Version",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Extensions",
            "Origin");
    private static final List<String> RETURNED = List.of(
            "Upgrade",
            "Connection",
            "X-Stream-Protocol-Version",
            "X-Accepted-Stream-Protocol-Versions",
            "Sec-WebSocket-Accept",
            "Sec-WebSocket-Protocol");

    /** Serves the exchange from that URL until either side ends. {@code query} is added to the URL. */
    void serve(Exchange exchange, URI url, String query) throws IOException {
        Headers asked = exchange.requestHeaders();
        if (asked.first("Upgrade").isEmpty()) {
            refuse(exchange, "Upgrade request required");
            return;
        }
        List<String> protocols = webSocketProtocols(asked);
        boolean webSocket =
                asked.first("Upgrade").get().toLowerCase(Locale.ROOT).equals("websocket");
        if (webSocket
                && protocols.isEmpty()
                && asked.first("Sec-WebSocket-Protocol").isPresent()) {
            // A caller that offers only what containerd cannot speak falls back to SPDY on this answer.
            refuse(
                    exchange,
                    "none of the offered WebSocket subprotocols is spoken here; use v4.channel.k8s.io or SPDY/3.1");
            return;
        }
        try (Socket streaming = new Socket()) {
            streaming.connect(new InetSocketAddress(url.getHost(), url.getPort()), (int) CONNECT.toMillis());
            streaming.setTcpNoDelay(true);
            streaming.getOutputStream().write(head(exchange, url, query, protocols));
            streaming.getOutputStream().flush();
            Answer answer = readAnswer(streaming.getInputStream());
            if (answer.status() != 101) {
                String why = new String(streaming.getInputStream().readNBytes(answer.length()), StandardCharsets.UTF_8);
                exchange.respond(answer.status(), "text/plain; charset=utf-8", why.getBytes(StandardCharsets.UTF_8));
                return;
            }
            RETURNED.forEach(name -> answer.headers()
                    .first(name)
                    .ifPresent(value -> exchange.responseHeaders().set(name, value)));
            try (Exchange.Duplex caller = exchange.upgrade()) {
                join(caller, streaming);
            }
        }
    }

    private static void refuse(Exchange exchange, String why) throws IOException {
        exchange.respond(400, "text/plain; charset=utf-8", (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Those that containerd understands: not v5, and no tunnels. */
    private static List<String> webSocketProtocols(Headers asked) {
        return asked.all("Sec-WebSocket-Protocol").stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .map(String::strip)
                .filter(name -> !name.isEmpty() && !name.startsWith("v5.") && !name.startsWith("SPDY/"))
                .toList();
    }

    private static byte[] head(Exchange exchange, URI url, String query, List<String> protocols) {
        StringBuilder head = new StringBuilder(exchange.method())
                .append(' ')
                .append(url.getRawPath())
                .append(query.isEmpty() ? "" : "?" + query)
                .append(" HTTP/1.1\r\nHost: ")
                .append(url.getHost())
                .append(':')
                .append(url.getPort())
                .append("\r\nConnection: Upgrade\r\n");
        for (String name : FORWARDED) {
            for (String value : exchange.requestHeaders().all(name)) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        }
        if (!protocols.isEmpty()) {
            head.append("Sec-WebSocket-Protocol: ")
                    .append(String.join(", ", protocols))
                    .append("\r\n");
        }
        if (exchange.method().equals("POST")) {
            head.append("Content-Length: 0\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private record Answer(int status, Headers headers) {
        int length() {
            return headers.first("Content-Length").map(Integer::parseInt).orElse(4096);
        }
    }

    /** Byte by byte, so that what follows the head stays in the stream. */
    private static Answer readAnswer(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0 || bytes.size() > LONGEST_HEAD) {
                throw new IOException("the container runtime's streaming server gave no answer");
            }
            bytes.write(next);
            boolean expected = next == (matched % 2 == 0 ? '\r' : '\n');
            matched = expected ? matched + 1 : next == '\r' ? 1 : 0;
        }
        String[] lines = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Headers headers = new Headers();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.add(
                        lines[i].substring(0, colon),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers);
    }

    private static void join(Exchange.Duplex caller, Socket streaming) throws IOException {
        Thread upward = Thread.ofVirtual().name("stream-up").start(() -> {
            copy(caller.input(), outputOf(streaming));
            try {
                streaming.shutdownOutput();
            } catch (IOException closed) {
                // The other side was faster.
                return;
            }
        });
        copy(streaming.getInputStream(), Optional.of(caller.output()));
        try {
            caller.output().close();
        } catch (IOException gone) {
            // The caller left first; there is nobody to tell.
            upward.interrupt();
        }
    }

    private static Optional<OutputStream> outputOf(Socket socket) {
        try {
            return Optional.of(socket.getOutputStream());
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    private static void copy(InputStream from, Optional<OutputStream> to) {
        byte[] buffer = new byte[16 << 10];
        try {
            for (int length = from.read(buffer); length >= 0 && to.isPresent(); length = from.read(buffer)) {
                to.get().write(buffer, 0, length);
                to.get().flush();
            }
        } catch (IOException ended) {
            // Either side may go at any moment; the end of one is the end of both.
            return;
        }
    }
}
