package io.kvorum.pki.token;

import io.kvorum.pki.token.TokenClaims.ObjectIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a new token shall say.
 *
 * @param pod the pod whose end also ends the token
 * @param node the node the pod runs on, or the node itself
 * @param secret the Secret whose end also ends the token
 * @param warnAfter when its use becomes worth a warning, counted from its issue
 */
public record TokenGrant(
        String namespace,
        ObjectIdentity serviceAccount,
        Optional<ObjectIdentity> pod,
        Optional<ObjectIdentity> node,
        Optional<ObjectIdentity> secret,
        List<String> audiences,
        Duration lifetime,
        Optional<Duration> warnAfter) {
    public TokenGrant {
        audiences = List.copyOf(audiences);
        if (!lifetime.isPositive()) {
            throw new IllegalArgumentException("a token's lifetime must be positive, got " + lifetime);
        }
    }
}
