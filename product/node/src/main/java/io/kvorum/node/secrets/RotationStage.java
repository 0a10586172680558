package io.kvorum.node.secrets;

import java.util.Locale;
import java.util.Optional;

/** How far a change of the keys of Secrets is, in K3s's words. */
enum RotationStage {
    START,
    /** There is a new key, which reads. */
    PREPARE,
    /** The new key writes. */
    ROTATE,
    REENCRYPT_REQUEST,
    /** What stands in the store is being written anew. */
    REENCRYPT_ACTIVE,
    /** Everything is written by the new key; the old one is gone. */
    REENCRYPT_FINISHED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<RotationStage> ofWord(String word) {
        for (RotationStage each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** Whether no change is under way. */
    boolean isAtRest() {
        return this == START || this == REENCRYPT_FINISHED;
    }
}
