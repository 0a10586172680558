package io.kvorum.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * One read of the API by a connection of its own, as each run of kubectl makes one. Any thread.
 *
 * @param tls of an administrator
 */
record FreshRead(SSLContext tls, String address, int port) {
    /** What came of it. */
    sealed interface Outcome {
        /** Nobody took the connection. */
        record Refused(IOException cause) implements Outcome {}

        /** Somebody took the connection and let it down, or answered so. */
        record Answered(String answer) implements Outcome {
            boolean isSuccess() {
                return answer.startsWith("HTTP/1.1 200 ");
            }

            /** The answer says that it may be old. */
            boolean isWarned() {
                return answer.lines()
                        .takeWhile(line -> !line.isEmpty())
                        .anyMatch(line -> line.regionMatches(true, 0, "Warning:", 0, 8));
            }

            String firstLine() {
                return answer.lines().findFirst().orElse("nothing");
            }
        }
    }

    /** @param patience for each of connecting and being answered */
    Outcome get(String path, Duration patience) {
        try (var socket = new Socket()) {
            try {
                socket.connect(new InetSocketAddress(address, port), (int) patience.toMillis());
            } catch (IOException e) {
                return new Outcome.Refused(e);
            }
            return new Outcome.Answered(answer(socket, path, patience));
        } catch (IOException e) {
            return new Outcome.Answered(e.toString());
        }
    }

    private String answer(Socket socket, String path, Duration patience) {
        // a handshake too has its deadline
        try {
            socket.setSoTimeout((int) patience.toMillis());
            try (Socket secure = tls.getSocketFactory().createSocket(socket, address, port, true)) {
                secure.getOutputStream()
                        .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                                .formatted(path, address)
                                .getBytes(StandardCharsets.US_ASCII));
                return new String(secure.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            return e.toString();
        }
    }
}
