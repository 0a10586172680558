package io.kvorum.node.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token that lets agents in for a time.
 *
 * @param id 6 letters and digits, not secret
 * @param secret 16 letters and digits
 * @param expires null for never
 */
public record BootstrapToken(
        String id,
        String secret,
        String description,
        List<String> usages,
        List<String> groups,
        @Nullable Instant expires) {
    public BootstrapToken {
        usages = List.copyOf(usages);
        groups = List.copyOf(groups);
    }

    /** How long it is good for yet; null for ever. */
    public @Nullable Duration left(Instant now) {
        return expires == null ? null : Duration.between(now, expires);
    }

    /** Hides the secret. */
    @Override
    public String toString() {
        return "BootstrapToken[" + id + "]";
    }
}
