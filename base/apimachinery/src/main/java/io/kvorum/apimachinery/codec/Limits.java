package io.kvorum.apimachinery.codec;

/** How large and how deep a document may be before it is refused. */
public record Limits(int maxBytes, int maxDepth) {
    /** Upstream takes 3 MiB; the depth is far beyond any object and far below what a stack bears. */
    public static final Limits UPSTREAM = new Limits(3 << 20, 512);

    public Limits {
        if (maxBytes <= 0 || maxDepth <= 0) {
            throw new IllegalArgumentException(
                    "limits are positive, got %d bytes, depth %d".formatted(maxBytes, maxDepth));
        }
    }
}
