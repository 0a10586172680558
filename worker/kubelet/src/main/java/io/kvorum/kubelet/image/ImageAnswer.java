package io.kvorum.kubelet.image;

import java.time.Instant;
import java.util.List;

/** What became of the wish for an image. */
public sealed interface ImageAnswer {
    /** It is on the node; {@code how} is the text of the Pulled event. */
    record Ready(String how) implements ImageAnswer {}

    /** It is being pulled; the asker is told when that ends. */
    record Underway() implements ImageAnswer {}

    /** It is not there; ask again after {@code retryAt}. */
    record Missing(String reason, String message, Instant retryAt) implements ImageAnswer {
        /** What is told of it, in the words and the order that people know. */
        public List<Told> told(String image) {
            Told error = new Told(true, "Failed", "Error: " + reason);
            return switch (reason) {
                case "ErrImagePull" ->
                    List.of(
                            new Told(true, "Failed", "Failed to pull image \"%s\": %s".formatted(image, message)),
                            error);
                case "ImagePullBackOff" ->
                    List.of(new Told(false, "BackOff", "Back-off pulling image \"%s\"".formatted(image)), error);
                case "InvalidImageName" -> List.of(new Told(true, "InspectFailed", message), error);
                default -> List.of(new Told(true, reason, message), error);
            };
        }
    }

    /** One event. */
    record Told(boolean warning, String reason, String message) {}
}
