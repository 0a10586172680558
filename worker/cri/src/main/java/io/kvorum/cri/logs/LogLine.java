package io.kvorum.cri.logs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kvorum.model.Bytes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;

/**
 * One line of a container's log as runtimes write it: {@code TIME STREAM TAGS TEXT}.
 *
 * @param isPartial whether it goes on in the next line of the same source
 * @param text ends with a line break unless the line is partial
 */
public record LogLine(String time, LogSource source, boolean isPartial, Bytes text) {
    /** Reads a line with its line break; empty for what is not of that form. */
    static Optional<LogLine> parse(byte[] line) {
        int afterTime = blank(line, 0);
        int afterStream = afterTime < 0 ? -1 : blank(line, afterTime + 1);
        int afterTags = afterStream < 0 ? -1 : blank(line, afterStream + 1);
        if (afterTags < 0) {
            return Optional.empty();
        }
        String stream = new String(line, afterTime + 1, afterStream - afterTime - 1, US_ASCII);
        // the line break behind a partial line is the file's, not the program's
        boolean isPartial = line[afterStream + 1] == 'P';
        int end = isPartial && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        return LogSource.of(stream)
                .map(source -> new LogLine(
                        new String(line, 0, afterTime, US_ASCII),
                        source,
                        isPartial,
                        Bytes.wrap(Arrays.copyOfRange(line, afterTags + 1, end))));
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
    public boolean isSince(Instant moment) {
        try {
            return !OffsetDateTime.parse(time).toInstant().isBefore(moment);
        } catch (DateTimeException unreadable) {
            return true;
        }
    }
}
