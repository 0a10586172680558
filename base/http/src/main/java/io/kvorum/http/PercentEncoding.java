package io.kvorum.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Decodes the percent escapes of a URL's path, where unlike in a query a plus sign stands for itself; any thread. */
final class PercentEncoding {
    private PercentEncoding() {}

    /** @throws IllegalArgumentException when an escape is malformed */
    static String decodePath(String rawPath) {
        if (rawPath.indexOf('%') < 0) {
            return rawPath;
        }
        byte[] raw = rawPath.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
        for (int at = 0; at < raw.length; at++) {
            if (raw[at] == '%') {
                decoded.write(escape(rawPath, raw, at));
                at += 2;
            } else {
                decoded.write(raw[at]);
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }

    private static int escape(String rawPath, byte[] raw, int at) {
        int high = at + 2 < raw.length ? Character.digit(raw[at + 1], 16) : -1;
        int low = at + 2 < raw.length ? Character.digit(raw[at + 2], 16) : -1;
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException("malformed percent escape in path " + rawPath);
        }
        return high * 16 + low;
    }
}
