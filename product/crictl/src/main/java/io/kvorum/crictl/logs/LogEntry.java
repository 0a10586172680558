package io.kvorum.crictl.logs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;

/** One line of a container's log as runtimes write it: {@code TIME STREAM TAGS TEXT}. Made and used by one thread. */
final class LogEntry {
    private final String time;
    private final LogSource source;
    private final byte[] text;

    private LogEntry(String time, LogSource source, byte[] text) {
        this.time = time;
        this.source = source;
        this.text = text;
    }

    /** Reads a line with its line break; empty for what is not of that form. */
    static Optional<LogEntry> parse(byte[] line) {
        int afterTime = blank(line, 0);
        int afterStream = afterTime < 0 ? -1 : blank(line, afterTime + 1);
        int afterTags = afterStream < 0 ? -1 : blank(line, afterStream + 1);
        if (afterTags < 0) {
            return Optional.empty();
        }
        String stream = new String(line, afterTime + 1, afterStream - afterTime - 1, US_ASCII);
        // a partial line goes on in the next entry: its line break is the file's, not the program's
        boolean partial = line[afterStream + 1] == 'P';
        int end = partial && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        return LogSource.of(stream)
                .map(source -> new LogEntry(
                        new String(line, 0, afterTime, US_ASCII),
                        source,
                        Arrays.copyOfRange(line, afterTags + 1, end)));
    }

    private static int blank(byte[] line, int from) {
        for (int i = from; i < line.length; i++) {
            if (line[i] == ' ') {
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

    String time() {
        return time;
    }

    LogSource source() {
        return source;
    }

    /** How much of it was written. */
    int writeTo(OutputStream out, boolean withTime, long mostBytes) throws java.io.IOException {
        byte[] stamp = withTime ? (time + " ").getBytes(US_ASCII) : new byte[0];
        int ofStamp = (int) Math.min(stamp.length, mostBytes);
        int ofText = (int) Math.min(text.length, mostBytes - ofStamp);
        out.write(stamp, 0, ofStamp);
        out.write(text, 0, ofText);
        return ofStamp + ofText;
    }
}
