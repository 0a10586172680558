package io.kvorum.node;

import io.kvorum.raft.MemberId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a member of the store that misses the others calls into its network: who it is, and where. It is sealed with what
 * only servers of this cluster know, so that nobody else can lead members astray.
 *
 * <pre>
 *  {@code kvorum-member-1 <cluster> <member> <address> <port> <HMAC-SHA256 of what stands before>}
 * </pre>
 */
record Beacon(long clusterId, MemberId member, InetSocketAddress address) {
    static final int MOST_BYTES = 256;
    private static final String MAGIC = "kvorum-member-1";
    private static final String ALGORITHM = "HmacSHA256";

    byte[] sealed(byte[] secret) {
        String text = "%s %016x %016x %s %d"
                .formatted(
                        MAGIC, clusterId, member.value(), address.getAddress().getHostAddress(), address.getPort());
        return (text + " " + HexFormat.of().formatHex(seal(text, secret))).getBytes(StandardCharsets.US_ASCII);
    }

    /** Empty when it is not one, or sealed with another secret. */
    static Optional<Beacon> open(byte[] bytes, int length, byte[] secret) {
        String all = new String(bytes, 0, length, StandardCharsets.US_ASCII);
        int end = all.lastIndexOf(' ');
        String[] words = all.split(" ", -1);
        if (words.length != 6 || !words[0].equals(MAGIC)) {
            return Optional.empty();
        }
        try {
            byte[] claimed = HexFormat.of().parseHex(words[5]);
            if (!MessageDigest.isEqual(claimed, seal(all.substring(0, end), secret))) {
                return Optional.empty();
            }
            return Optional.of(new Beacon(
                    Long.parseUnsignedLong(words[1], 16),
                    new MemberId(Long.parseUnsignedLong(words[2], 16)),
                    new InetSocketAddress(InetAddress.ofLiteral(words[3]), Integer.parseInt(words[4]))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] seal(String text, byte[] secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + ALGORITHM, e);
        }
    }
}
