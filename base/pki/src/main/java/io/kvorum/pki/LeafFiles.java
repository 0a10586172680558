package io.kvorum.pki;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A leaf certificate and its key in two files, made when missing and made anew when it no longer fits. */
public final class LeafFiles {
    /** K3s renews leaves that have fewer than 120 days left. */
    private static final Duration RENEW_BEFORE_END = Duration.ofDays(120);
    /** A leaf that begins so far in the future was made by a clock that was wrong. */
    private static final Duration MOST_AHEAD = Duration.ofDays(1);

    private final Path certificateFile;
    private final Path keyFile;

    public LeafFiles(Path folder, String name) {
        this.certificateFile = folder.resolve(name + ".crt");
        this.keyFile = folder.resolve(name + ".key");
    }

    public Path certificateFile() {
        return certificateFile;
    }

    public Path keyFile() {
        return keyFile;
    }

    /**
     * The identity on disk if it is of this authority, says what the profile says and lives long enough; else a new one. By
     * a clock outside the authority's life nothing can be said about ends, so what is there stays.
     */
    public Identity ensure(CertificateAuthority authority, LeafProfile profile, Instant now) {
        Optional<Identity> present = present().filter(identity -> fits(identity, authority, profile, now));
        if (present.isPresent()) {
            return present.get();
        }
        Identity fresh = authority.issue(profile);
        SecretFile.write(keyFile, Pem.encode(fresh.key()), "rw-------");
        SecretFile.write(certificateFile, Pem.encode(fresh.chain()), "rw-r--r--");
        return fresh;
    }

    /** The identity on disk; empty when there is none, or its files do not belong together (a crash between the two). */
    public Optional<Identity> present() {
        if (!Files.exists(certificateFile) || !Files.exists(keyFile)) {
            return Optional.empty();
        }
        KeyPair keys = Pem.keyPair(keyFile);
        List<X509Certificate> chain = Pem.certificates(certificateFile);
        return keys.getPublic().equals(chain.getFirst().getPublicKey())
                ? Optional.of(new Identity(keys.getPrivate(), chain))
                : Optional.empty();
    }

    private static boolean fits(Identity present, CertificateAuthority authority, LeafProfile profile, Instant now) {
        X509Certificate leaf = present.certificate();
        return leaf.getIssuerX500Principal().equals(authority.certificate().getSubjectX500Principal())
                && (!isPlausible(now, authority) || isInSeason(leaf, now))
                && alternativeNames(leaf).containsAll(canonical(profile.names()));
    }

    private static boolean isPlausible(Instant now, CertificateAuthority authority) {
        return !now.isBefore(authority.certificate().getNotBefore().toInstant())
                && now.isBefore(authority.certificate().getNotAfter().toInstant());
    }

    private static boolean isInSeason(X509Certificate leaf, Instant now) {
        return now.plus(RENEW_BEFORE_END).isBefore(leaf.getNotAfter().toInstant())
                && now.plus(MOST_AHEAD).isAfter(leaf.getNotBefore().toInstant());
    }

    private static Set<String> alternativeNames(X509Certificate leaf) {
        Set<String> names = new HashSet<>();
        try {
            Collection<List<?>> entries = leaf.getSubjectAlternativeNames();
            if (entries != null) {
                entries.forEach(entry -> names.add(entry.get(1).toString()));
            }
        } catch (CertificateParsingException e) {
            throw new PkiException("the certificate " + leaf.getSubjectX500Principal() + " has damaged names", e);
        }
        return canonical(names);
    }

    /** IPv6 addresses have many spellings; all else is taken as it is. */
    private static Set<String> canonical(Collection<String> names) {
        Set<String> result = new HashSet<>();
        for (String name : names) {
            boolean isIpv6 = name.indexOf(':') >= 0 && !name.contains("://");
            result.add(isIpv6 ? fullSpelling(name) : name);
        }
        return result;
    }

    private static String fullSpelling(String ipv6) {
        try {
            return java.net.InetAddress.ofLiteral(ipv6).getHostAddress();
        } catch (IllegalArgumentException e) {
            return ipv6;
        }
    }
}
