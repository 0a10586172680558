package io.kvorum.pki;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.SCrypt;

/** What the cluster keeps of a node's password: {@code $1:<salt>:15:8:1:<scrypt>}, as K3s writes it. Any thread. */
public final class NodePasswordHash {
    private static final int COST_BITS = 15;
    private static final int BLOCK = 8;
    private static final int PARALLEL = 1;
    private static final int KEY_BYTES = 64;
    private static final int SALT_BYTES = 8;
    private static final Pattern FORMAT =
            Pattern.compile("\\$1:([0-9a-f]+):(\\d{1,2}):(\\d{1,3}):(\\d{1,3}):([A-Za-z0-9+/]+)");

    private NodePasswordHash() {}

    public static String of(String password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        byte[] key = SCrypt.generate(bytes(password), salt, 1 << COST_BITS, BLOCK, PARALLEL, KEY_BYTES);
        return "$1:%s:%d:%d:%d:%s"
                .formatted(
                        HexFormat.of().formatHex(salt),
                        COST_BITS,
                        BLOCK,
                        PARALLEL,
                        Base64.getEncoder().withoutPadding().encodeToString(key));
    }

    /** Compares in constant time; a hash in another format fits nothing. */
    public static boolean fits(String hash, String password) {
        var parts = FORMAT.matcher(hash.strip());
        if (!parts.matches()) {
            return false;
        }
        byte[] expected = Base64.getDecoder().decode(parts.group(5));
        byte[] found = SCrypt.generate(
                bytes(password),
                HexFormat.of().parseHex(parts.group(1)),
                1 << Integer.parseInt(parts.group(2)),
                Integer.parseInt(parts.group(3)),
                Integer.parseInt(parts.group(4)),
                expected.length);
        return MessageDigest.isEqual(expected, found);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
