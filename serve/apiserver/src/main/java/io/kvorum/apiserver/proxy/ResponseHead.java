package io.kvorum.apiserver.proxy;

import io.kvorum.http.Headers;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Status and headers of an HTTP/1.1 response read off a raw connection. */
record ResponseHead(int status, Headers headers) {
    private static final int MAX_BYTES = 64 * 1024;

    /** Takes not one byte more than the head, since what follows may be another protocol. */
    static ResponseHead read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < MAX_BYTES) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection closed before an answer was complete");
            }
            text.append((char) next);
            if (next == '\n'
                    && text.length() >= 4
                    && text.substring(text.length() - 4).equals("\r\n\r\n")) {
                return parse(text.toString());
            }
        }
        throw new IOException("the answer's head is longer than " + MAX_BYTES + " bytes");
    }

    private static ResponseHead parse(String text) throws IOException {
        String[] lines = text.split("\r\n");
        String[] words = lines[0].split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
            throw new IOException("not an HTTP answer: " + lines[0]);
        }
        Headers headers = new Headers();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.add(
                        lines[i].substring(0, colon).strip(),
                        lines[i].substring(colon + 1).strip());
            }
        }
        try {
            return new ResponseHead(Integer.parseInt(words[1]), headers);
        } catch (NumberFormatException e) {
            throw new IOException("not an HTTP status: " + words[1], e);
        }
    }
}
