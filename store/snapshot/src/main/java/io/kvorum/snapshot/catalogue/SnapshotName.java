package io.kvorum.snapshot.catalogue;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a snapshot's file is called: {@code <prefix>-<node>-<unix seconds>}, and {@code .zip} when it is compressed. */
public record SnapshotName(String text) implements Comparable<SnapshotName> {
    public static final String COMPRESSED = ".zip";
    private static final Pattern TIMED = Pattern.compile(".*-(\\d{1,11})(\\.zip)?");
    private static final int MOST_BYTES = 240;

    /** @throws IllegalArgumentException when no file may be called so */
    public SnapshotName {
        if (text.isEmpty()
                || text.startsWith(".")
                || text.length() > MOST_BYTES
                || text.chars().anyMatch(each -> each == '/' || each < ' ')) {
            throw new IllegalArgumentException(
                    "a snapshot is called by a file's name without folders, which does not begin with a dot; not \"%s\""
                            .formatted(text));
        }
    }

    public static SnapshotName of(String prefix, String node, Instant at, boolean isCompressed) {
        return new SnapshotName(
                "%s-%s-%d%s".formatted(prefix, node, at.getEpochSecond(), isCompressed ? COMPRESSED : ""));
    }

    public boolean isCompressed() {
        return text.endsWith(COMPRESSED);
    }

    /** When it was taken, as far as the name tells. */
    public Optional<Instant> takenAt() {
        Matcher timed = TIMED.matcher(text);
        try {
            return timed.matches()
                    ? Optional.of(Instant.ofEpochSecond(Long.parseLong(timed.group(1))))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(SnapshotName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
