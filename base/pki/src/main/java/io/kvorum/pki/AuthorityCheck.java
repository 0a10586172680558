package io.kvorum.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judges files that are to take the place of an authority's; pure. */
public final class AuthorityCheck {
    private AuthorityCheck() {}

    /**
     * What is wrong with them; empty when nothing is.
     *
     * @param trusted what the cluster trusts now; empty when the newcomer need not be vouched for
     */
    public static Optional<String> problem(
            List<X509Certificate> bundle, KeyPair keys, List<X509Certificate> trusted, Instant now) {
        if (bundle.isEmpty()) {
            return Optional.of("there is no certificate in it");
        }
        X509Certificate newcomer = bundle.getFirst();
        if (!newcomer.getPublicKey().equals(keys.getPublic())) {
            return Optional.of("the key does not belong to the first certificate");
        }
        if (newcomer.getBasicConstraints() < 0) {
            return Optional.of("the first certificate is no authority's (basicConstraints CA:TRUE is missing)");
        }
        if (newcomer.getNotAfter().toInstant().isBefore(now)) {
            return Optional.of(
                    "the certificate has ended at " + newcomer.getNotAfter().toInstant());
        }
        if (!trusted.isEmpty() && !leadsTo(trusted, newcomer, bundle)) {
            return Optional.of("no authority that the cluster trusts now vouches for it, so that nodes with the present"
                    + " one would not believe it");
        }
        return Optional.empty();
    }

    private static boolean leadsTo(
            List<X509Certificate> trusted, X509Certificate newcomer, List<X509Certificate> bundle) {
        X509Certificate current = newcomer;
        for (int steps = 0; steps <= bundle.size(); steps++) {
            X509Certificate child = current;
            if (trusted.stream().anyMatch(anchor -> anchor.equals(child) || isSignedBy(child, anchor))) {
                return true;
            }
            Optional<X509Certificate> issuer = bundle.stream()
                    .filter(one -> !one.equals(child) && isSignedBy(child, one))
                    .findFirst();
            if (issuer.isEmpty()) {
                return false;
            }
            current = issuer.get();
        }
        return false;
    }

    private static boolean isSignedBy(X509Certificate child, X509Certificate issuer) {
        if (!child.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            child.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
