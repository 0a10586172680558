package io.kvorum.agent.tunnel;

import io.kvorum.tunnel.WebSocketKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/** Opens a websocket at a server's {@code /v1-k3s/connect}; any thread. */
final class Opening {
    private static final int KEY_BYTES = 16;
    private static final int MAX_HEAD_BYTES = 16 * 1024;

    private Opening() {}

    /** @return a connection on which the next byte is a frame's */
    static Socket open(
            SSLContext tls, InetSocketAddress server, String authority, Duration patience, RandomGenerator chance)
            throws IOException {
        var plain = new Socket();
        try {
            plain.connect(server, (int) patience.toMillis());
            plain.setTcpNoDelay(true);
            plain.setSoTimeout((int) patience.toMillis());
            Socket wire = tls.getSocketFactory().createSocket(plain, server.getHostString(), server.getPort(), true);
            byte[] random = new byte[KEY_BYTES];
            chance.nextBytes(random);
            String key = Base64.getEncoder().encodeToString(random);
            wire.getOutputStream().write(request(authority, key).getBytes(StandardCharsets.US_ASCII));
            requireAcceptance(head(wire.getInputStream()), key);
            wire.setSoTimeout(0);
            return wire;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static String request(String authority, String key) {
        return """
                GET /v1-k3s/connect HTTP/1.1\r
                Host: %s\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: %s\r
                \r
                """.formatted(authority, key);
    }

    /** Not one byte more, since what follows is another protocol. */
    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < MAX_HEAD_BYTES) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended before an answer");
            }
            head.append((char) next);
            if (next == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head.toString();
            }
        }
        throw new IOException("the answer's head is longer than %d bytes".formatted(MAX_HEAD_BYTES));
    }

    private static void requireAcceptance(String head, String key) throws IOException {
        boolean isAccepted = head.startsWith("HTTP/1.1 101 ")
                && head.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-accept:"))
                        .anyMatch(line ->
                                line.substring(line.indexOf(':') + 1).strip().equals(WebSocketKey.accept(key)));
        if (!isAccepted) {
            throw new IOException("answered " + head.lines().findFirst().orElse("nothing"));
        }
    }
}
