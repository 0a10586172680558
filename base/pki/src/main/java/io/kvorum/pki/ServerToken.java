package io.kvorum.pki;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node shows to join: {@code K10<sha256 of the CA file>::<user>:<password>}, or the password alone.
 *
 * @param caHash 64 hex digits; null in the short form, which trusts whatever server answers
 */
public record ServerToken(@Nullable String caHash, String user, String password) {
    private static final Pattern SECURE = Pattern.compile("K10([0-9a-fA-F]{64})::([^:]*):(.+)");

    public static ServerToken parse(String text) {
        var secure = SECURE.matcher(text.strip());
        if (secure.matches()) {
            return new ServerToken(secure.group(1), secure.group(2), secure.group(3));
        }
        if (text.startsWith("K10")) {
            throw new PkiException("the token begins with K10 but is not K10<64 hex digits>::<user>:<password>; "
                    + "copy it whole from server/token of a running server");
        }
        if (text.isBlank() || text.contains("::")) {
            throw new PkiException("the token is neither a password nor K10<64 hex digits>::<user>:<password>");
        }
        return new ServerToken(null, "server", text.strip());
    }

    /** A fresh random password of 32 hex digits. */
    public static String newPassword() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The hash that pins a CA: SHA-256 over the bytes of its PEM file. */
    public static String hash(String caPem) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(caPem.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new PkiException("this Java has no SHA-256", e);
        }
    }

    /** The form for files and people to copy. */
    public String secureForm() {
        if (caHash == null) {
            throw new IllegalStateException("a token without the CA's hash has no secure form");
        }
        return "K10" + caHash + "::" + user + ":" + password;
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
