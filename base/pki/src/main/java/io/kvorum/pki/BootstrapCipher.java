package io.kvorum.pki;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hides the cluster's bootstrap data in the store from everybody who lacks the server token, in K3s's format, so that
 * snapshots of either can be restored by the other: {@code <salt>:<base64 of nonce and AES-256-GCM>}. Any thread.
 */
public final class BootstrapCipher {
    private static final int ROUNDS = 4096;
    private static final int KEY_BITS = 256;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private BootstrapCipher() {}

    /** Where the data stands in the store: {@code /bootstrap/} and 12 hex digits of the password's SHA-256. */
    public static String storageKey(String password) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
            return "/bootstrap/" + HexFormat.of().formatHex(digest).substring(0, 12);
        } catch (GeneralSecurityException e) {
            throw new PkiException("this Java has no SHA-256", e);
        }
    }

    public static String encrypt(String password, byte[] data) {
        var chance = new SecureRandom();
        byte[] saltBytes = new byte[8];
        chance.nextBytes(saltBytes);
        String salt = HexFormat.of().formatHex(saltBytes);
        byte[] nonce = new byte[NONCE_BYTES];
        chance.nextBytes(nonce);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key(password, salt), new GCMParameterSpec(TAG_BITS, nonce));
            byte[] hidden = cipher.doFinal(data);
            byte[] whole = ByteBuffer.allocate(nonce.length + hidden.length)
                    .put(nonce)
                    .put(hidden)
                    .array();
            return salt + ":" + Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new PkiException("cannot encrypt the bootstrap data", e);
        }
    }

    /** Empty when the password does not fit, or the text is not in this format. */
    public static Optional<byte[]> decrypt(String password, String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        try {
            byte[] whole = Base64.getDecoder().decode(text.substring(colon + 1).strip());
            if (whole.length < NONCE_BYTES) {
                return Optional.empty();
            }
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    key(password, text.substring(0, colon)),
                    new GCMParameterSpec(TAG_BITS, whole, 0, NONCE_BYTES));
            return Optional.of(cipher.doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static SecretKey key(String password, String salt) throws GeneralSecurityException {
        var spec = new PBEKeySpec(password.toCharArray(), salt.getBytes(StandardCharsets.UTF_8), ROUNDS, KEY_BITS);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
                .generateSecret(spec)
                .getEncoded();
        return new SecretKeySpec(key, "AES");
    }
}
