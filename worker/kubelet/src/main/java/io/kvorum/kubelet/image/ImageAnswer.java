package io.kvorum.kubelet.image;

import java.time.Instant;

/** What became of the wish for an image. */
public sealed interface ImageAnswer {
    /** It is on the node; {@code how} is the text of the Pulled event. */
    record Ready(String how) implements ImageAnswer {}

    /** It is being pulled; the asker is told when that ends. */
    record Underway() implements ImageAnswer {}

    /** It is not there; ask again after {@code retryAt}. */
    record Missing(String reason, String message, Instant retryAt) implements ImageAnswer {}
}
