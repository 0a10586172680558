package io.kvorum.agent.join;

import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.SecretFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A certificate that a server signed for this node, and its key, in two files. One thread. */
final class LeafFile {
    private static final Logger LOG = LoggerFactory.getLogger(LeafFile.class);
    /** As K3s: a leaf that lives a year is renewed in its last four months. */
    private static final Duration RENEW_BEFORE_END = Duration.ofDays(120);

    private final Path certificateFile;
    private final Path keyFile;

    LeafFile(Path folder, String name) {
        this.certificateFile = folder.resolve(name + ".crt");
        this.keyFile = folder.resolve(name + ".key");
    }

    Path certificateFile() {
        return certificateFile;
    }

    Path keyFile() {
        return keyFile;
    }

    /** What is on disk, if this authority vouches for it, it names this node in this way, and it has not ended. */
    Optional<Identity> present(X509Certificate authority, String commonName, List<String> names, Instant now) {
        if (!Files.exists(certificateFile) || !Files.exists(keyFile)) {
            return Optional.empty();
        }
        try {
            KeyPair keys = Pem.keyPair(keyFile);
            List<X509Certificate> chain = Pem.certificates(certificateFile);
            X509Certificate leaf = chain.getFirst();
            boolean isOurs = leaf.getPublicKey().equals(keys.getPublic())
                    && isSignedBy(leaf, authority)
                    && isNamed(leaf, commonName)
                    && holds(leaf, names)
                    && now.isBefore(leaf.getNotAfter().toInstant());
            return isOurs ? Optional.of(new Identity(keys.getPrivate(), chain)) : Optional.empty();
        } catch (PkiException damaged) {
            LOG.atWarn()
                    .addKeyValue("file", certificateFile)
                    .addKeyValue("why", damaged.getMessage())
                    .log("certificate on disk cannot be used, asking for a new one");
            return Optional.empty();
        }
    }

    private static boolean isSignedBy(X509Certificate leaf, X509Certificate authority) {
        try {
            leaf.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException no) {
            return false;
        }
    }

    private static boolean isNamed(X509Certificate leaf, String commonName) {
        return List.of(leaf.getSubjectX500Principal().getName().split(",")).contains("CN=" + commonName);
    }

    private static boolean holds(X509Certificate leaf, List<String> names) {
        try {
            Collection<List<?>> present = leaf.getSubjectAlternativeNames();
            return names.isEmpty()
                    || (present != null
                            && present.stream()
                                    .map(each -> String.valueOf(each.get(1)))
                                    .toList()
                                    .containsAll(names));
        } catch (CertificateParsingException damaged) {
            return false;
        }
    }

    /** Whether so little of its life is left that it is time for another one. */
    static boolean isDue(Identity identity, Instant now) {
        Instant end = identity.certificate().getNotAfter().toInstant();
        return now.plus(RENEW_BEFORE_END).isAfter(end);
    }

    /** The key first: a certificate without its key would be useless, a key without certificate is only replaced. */
    void write(Identity identity) {
        SecretFile.write(keyFile, Pem.encode(identity.key()), "rw-------");
        SecretFile.write(certificateFile, Pem.encode(identity.chain()), "rw-r--r--");
    }
}
