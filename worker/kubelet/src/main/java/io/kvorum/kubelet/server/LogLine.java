package io.kvorum.kubelet.server;

import io.kvorum.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * One line of a container's log as the runtime writes it: {@code TIME STREAM TAGS TEXT}. A partial line goes on in the
 * next one. {@code text} ends with a line break unless it is partial.
 */
record LogLine(String time, boolean partial, Bytes text) {
    /** Reads a line of this length, its line break included; empty for what is not of that form. */
    static Optional<LogLine> parse(byte[] bytes, int length) {
        int afterTime = indexOf(bytes, 0, length);
        int afterStream = indexOf(bytes, afterTime + 1, length);
        int afterTags = indexOf(bytes, afterStream + 1, length);
        if (afterTime < 0 || afterStream < 0 || afterTags < 0) {
            return Optional.empty();
        }
        boolean partial = bytes[afterStream + 1] == 'P';
        int end = partial && bytes[length - 1] == '\n' ? length - 1 : length;
        byte[] text = java.util.Arrays.copyOfRange(bytes, afterTags + 1, end);
        String time = new String(bytes, 0, afterTime, StandardCharsets.US_ASCII);
        return Optional.of(new LogLine(time, partial, Bytes.wrap(text)));
    }

    private static int indexOf(byte[] bytes, int from, int length) {
        if (from <= 0 && from != 0) {
            return -1;
        }
        for (int i = from; i < length; i++) {
            if (bytes[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    /** Whether it was written at or after that moment; a time that cannot be read counts as new. */
    boolean isSince(Instant moment) {
        try {
            return !OffsetDateTime.parse(time).toInstant().isBefore(moment);
        } catch (DateTimeException unreadable) {
            return true;
        }
    }
}
