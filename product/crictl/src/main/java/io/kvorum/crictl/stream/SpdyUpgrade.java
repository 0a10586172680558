package io.kvorum.crictl.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvorum.crictl.session.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

/** Turns an HTTP/1.1 connection into a SPDY one. */
final class SpdyUpgrade {
    private static final int LONGEST_HEAD = 16 << 10;
    private static final int LONGEST_REASON = 4 << 10;

    private SpdyUpgrade() {}

    static void perform(URI url, String protocol, InputStream in, OutputStream out) throws IOException {
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String request = "POST %s%s HTTP/1.1\r\n".formatted(url.getRawPath(), query)
                + "Host: %s\r\n".formatted(url.getRawAuthority())
                + "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n"
                + "X-Stream-Protocol-Version: %s\r\n\r\n".formatted(protocol);
        out.write(request.getBytes(US_ASCII));
        out.flush();
        String head = head(in);
        String status = head.lines().findFirst().orElse("");
        if (!status.contains(" 101 ")) {
            byte[] reason = in.readNBytes(Math.min(LONGEST_REASON, in.available()));
            throw new Failure("the streaming server refused: %s %s"
                    .formatted(status, new String(reason, UTF_8).strip())
                    .strip());
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n") && head.length() < LONGEST_HEAD) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the streaming server hung up without an answer");
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
