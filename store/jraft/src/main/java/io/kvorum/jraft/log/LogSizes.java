package io.kvorum.jraft.log;

/**
 * How the log's files grow.
 *
 * @param segmentBytes a segment this large gets no further batch; only whole segments can be deleted
 * @param preallocateBytes zeros written ahead, so that most syncs need not write the file's size and block list too
 */
public record LogSizes(int segmentBytes, int preallocateBytes) {
    /** 8 MiB: about one snapshot interval of ordinary objects, so that a truncated log really gives its space back. */
    public static final LogSizes DEFAULT = new LogSizes(8 << 20, 1 << 20);

    public LogSizes {
        if (segmentBytes < 64 || preallocateBytes < 0) {
            throw new IllegalArgumentException(
                    "segments of %d bytes grown by %d bytes make no log".formatted(segmentBytes, preallocateBytes));
        }
    }
}
