package io.kvorum.apiserver.authn;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.X509TrustManager;

/** Reads the caller off a client certificate: the common name is the user, each organization a group. Any thread. */
final class ClientCertificates {
    /** A chain once found good stays so for a while: checking costs more than all else a small request does. */
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private static final int MOST_REMEMBERED = 1000;

    private record Verified(Caller caller, Instant until) {}

    private final X509TrustManager trust;
    private final InstantSource clock;
    private final Map<X509Certificate, Verified> verified = Collections.synchronizedMap(new Recent());

    ClientCertificates(X509TrustManager trust, InstantSource clock) {
        this.trust = trust;
        this.clock = clock;
    }

    /** Empty for a chain that no client authority stands behind. */
    Optional<Caller> caller(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        Instant now = clock.instant();
        Verified known = verified.get(leaf);
        if (known != null && now.isBefore(known.until())) {
            return Optional.of(known.caller());
        }
        return verify(chain).map(caller -> {
            verified.put(
                    leaf,
                    new Verified(
                            caller,
                            earlier(now.plus(REMEMBERED), leaf.getNotAfter().toInstant())));
            return caller;
        });
    }

    private Optional<Caller> verify(List<X509Certificate> chain) {
        try {
            trust.checkClientTrusted(
                    chain.toArray(X509Certificate[]::new),
                    chain.getFirst().getPublicKey().getAlgorithm());
            return named(chain.getFirst());
        } catch (CertificateException untrusted) {
            return Optional.empty();
        }
    }

    private static Optional<Caller> named(X509Certificate leaf) throws CertificateEncodingException {
        String user = "";
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    user = String.valueOf(part.getValue());
                } else if (part.getType().equalsIgnoreCase("O")) {
                    groups.add(String.valueOf(part.getValue()));
                }
            }
        } catch (InvalidNameException unreadable) {
            return Optional.empty();
        }
        Map<String, List<String>> extra =
                Map.of("authentication.kubernetes.io/credential-id", List.of("X509SHA256=" + fingerprint(leaf)));
        return user.isEmpty() ? Optional.empty() : Optional.of(new Caller(user, "", groups, extra));
    }

    private static String fingerprint(X509Certificate leaf) throws CertificateEncodingException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static final class Recent extends LinkedHashMap<X509Certificate, Verified> {
        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<X509Certificate, Verified> eldest) {
            return size() > MOST_REMEMBERED;
        }
    }
}
