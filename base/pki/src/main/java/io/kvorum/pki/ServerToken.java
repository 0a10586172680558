package io.kvorum.pki;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node shows to join: {@code K10<hash of the CA>::<user>:<password>}, or {@code K10<hash>::<id>.<secret>} with a
 * bootstrap token, or what stands behind the colons alone.
 *
 * @param caHash 64 hex digits; null in the short form, which trusts whatever server answers
 * @param user {@code server} or {@code node}; empty for a bootstrap token
 * @param password for a bootstrap token the whole {@code <id>.<secret>}
 */
public record ServerToken(@Nullable String caHash, String user, String password) {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final Pattern SECURE = Pattern.compile("K10([0-9a-fA-F]{64})::([^:]*):(.+)");
    private static final Pattern SECURE_BOOTSTRAP =
            Pattern.compile("K10([0-9a-fA-F]{64})::([a-z0-9]{6}\\.[a-z0-9]{16})");
    private static final Pattern BOOTSTRAP = Pattern.compile("[a-z0-9]{6}\\.[a-z0-9]{16}");

    public static ServerToken parse(String text) {
        String stripped = text.strip();
        var secure = SECURE.matcher(stripped);
        if (secure.matches()) {
            return new ServerToken(secure.group(1), secure.group(2), secure.group(3));
        }
        var bootstrap = SECURE_BOOTSTRAP.matcher(stripped);
        if (bootstrap.matches()) {
            return new ServerToken(bootstrap.group(1), "", bootstrap.group(2));
        }
        if (stripped.startsWith("K10")) {
            throw new PkiException("the token begins with K10 but is not K10<64 hex digits>::<user>:<password>; "
                    + "copy it whole from server/token of a running server");
        }
        if (stripped.isBlank() || stripped.contains("::")) {
            throw new PkiException("the token is neither a password nor K10<64 hex digits>::<user>:<password>");
        }
        return new ServerToken(null, BOOTSTRAP.matcher(stripped).matches() ? "" : "server", stripped);
    }

    /** A fresh random password of 32 hex digits. */
    public static String newPassword() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * The hash that pins a CA: SHA-256 over the bytes of its PEM file, or, when the file is a bundle, over the DER of the
     * root that the first certificate leads to.
     */
    public static String hash(String caPem) {
        byte[] hashed = caPem.getBytes(StandardCharsets.UTF_8);
        if (caPem.indexOf(BEGIN) != caPem.lastIndexOf(BEGIN)) {
            hashed = rootOf(Pem.certificatesIn(caPem)).orElse(hashed);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(hashed));
        } catch (NoSuchAlgorithmException e) {
            throw new PkiException("this Java has no SHA-256", e);
        }
    }

    private static Optional<byte[]> rootOf(List<X509Certificate> bundle) {
        X509Certificate current = bundle.getFirst();
        for (int steps = 0; steps < bundle.size(); steps++) {
            X509Certificate child = current;
            Optional<X509Certificate> issuer = bundle.stream()
                    .skip(1)
                    .filter(candidate -> isSignedBy(child, candidate))
                    .findFirst();
            if (issuer.isEmpty()) {
                return Optional.empty();
            }
            current = issuer.get();
            if (isSignedBy(current, current)) {
                return Optional.of(der(current));
            }
        }
        return Optional.empty();
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

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new PkiException("cannot encode " + certificate.getSubjectX500Principal(), e);
        }
    }

    /** Whether this is a bootstrap token, which is sent as a bearer token. */
    public boolean isBootstrap() {
        return user.isEmpty();
    }

    /** The same secret shown as another user: K3s's servers join as {@code server} and fetch node files as {@code node}. */
    public ServerToken as(String otherUser) {
        return isBootstrap() ? this : new ServerToken(caHash, otherUser, password);
    }

    /** The value of HTTP's Authorization header. */
    public String authorization() {
        if (isBootstrap()) {
            return "Bearer " + password;
        }
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** The form for files and people to copy. */
    public String secureForm() {
        if (caHash == null) {
            throw new IllegalStateException("a token without the CA's hash has no secure form");
        }
        return "K10" + caHash + "::" + (isBootstrap() ? password : user + ":" + password);
    }

    /** Compares in constant time. */
    public boolean hasPassword(String other) {
        return MessageDigest.isEqual(password.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** Hides the password. */
    @Override
    public String toString() {
        return "ServerToken[user=" + user + "]";
    }
}
