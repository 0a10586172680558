package io.kvorum.pki.token;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a service-account token says.
 *
 * @param id unique per token, the claim {@code jti}; empty in a legacy token
 * @param audiences for whom it is; empty in a legacy token
 * @param warnAfter from when on its use shows a pod that never reloads its token
 * @param expiresAt empty in a legacy token, which lasts as long as its Secret
 */
public record TokenClaims(
        String id,
        String namespace,
        ObjectIdentity serviceAccount,
        Optional<ObjectIdentity> pod,
        Optional<ObjectIdentity> node,
        Optional<ObjectIdentity> secret,
        List<String> audiences,
        Optional<Instant> expiresAt,
        Optional<Instant> warnAfter) {
    public TokenClaims {
        audiences = List.copyOf(audiences);
    }

    /** An object by name and the uid that tells it from later ones of the same name. The uid may be empty. */
    public record ObjectIdentity(String name, String uid) {}
}
