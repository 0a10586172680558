package io.kvorum.pki;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A secret that may lie about: AES-256-GCM under a key made of a passphrase by scrypt, or handed to a public key (RSA-OAEP,
 * else the DHKEM of RFC 9180). One JSON document, whose head is protected with the content:
 *
 * <pre>
 *  {"head": {"by": "scrypt", "salt": ..., "cost": 16, "nonce": ...}, "content": ...}
 *  {"head": {"by": "RSA" | "DHKEM", "key": ..., "nonce": ...}, "content": ...}
 * </pre>
 *
 * Stateless; any thread.
 */
public final class SealedEnvelope {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BYTES = 32;
    private static final int SALT_BYTES = 16;
    /** 64 MiB and about a quarter of a second: rare for us, much for whoever guesses. */
    private static final int COST_BITS = 16;

    /** An envelope of others must not make us take all memory. */
    private static final int MOST_COST_BITS = 20;

    private static final int BLOCK = 8;
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private SealedEnvelope() {}

    /** @throws PkiException when it cannot be closed by that, such as by a key of an unknown kind */
    public static String close(byte[] content, Seal seal) {
        ObjectNode head = JsonMapper.shared().createObjectNode();
        try {
            SecretKey key = switch (seal) {
                case Seal.Passphrase passphrase -> fresh(passphrase, head);
                case Seal.Recipient recipient -> handed(recipient, head);
                case Seal.Holder _ ->
                    throw new PkiException("a secret is closed with the public key, not the private one");
            };
            byte[] nonce = random(NONCE_BYTES);
            put(head, "nonce", nonce);
            ObjectNode envelope = JsonMapper.shared().createObjectNode();
            envelope.set("head", head);
            put(envelope, "content", crypt(Cipher.ENCRYPT_MODE, key, head, nonce, content));
            return envelope.toString();
        } catch (GeneralSecurityException e) {
            throw new PkiException("the secret cannot be sealed: " + e.getMessage(), e);
        }
    }

    private static SecretKey fresh(Seal.Passphrase passphrase, ObjectNode head) {
        byte[] salt = random(SALT_BYTES);
        put(head.put("by", "scrypt"), "salt", salt);
        head.put("cost", COST_BITS);
        return stretched(passphrase, salt, COST_BITS);
    }

    private static SecretKey stretched(Seal.Passphrase passphrase, byte[] salt, int costBits) {
        byte[] words = passphrase.words().getBytes(StandardCharsets.UTF_8);
        return new SecretKeySpec(SCrypt.generate(words, salt, 1 << costBits, BLOCK, 1, KEY_BYTES), "AES");
    }

    private static SecretKey handed(Seal.Recipient recipient, ObjectNode head) throws GeneralSecurityException {
        if (recipient.key().getAlgorithm().equals("RSA")) {
            var key = new SecretKeySpec(random(KEY_BYTES), "AES");
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.WRAP_MODE, recipient.key(), OAEP);
            put(head.put("by", "RSA"), "key", cipher.wrap(key));
            return key;
        }
        KEM.Encapsulated handed =
                KEM.getInstance("DHKEM").newEncapsulator(recipient.key()).encapsulate(0, KEY_BYTES, "AES");
        put(head.put("by", "DHKEM"), "key", handed.encapsulation());
        return handed.key();
    }

    /**
     * @return empty when this is not what closed it, or it was changed
     * @throws PkiException when it is no envelope, or one that is closed by something else
     */
    public static Optional<byte[]> open(String envelope, Seal seal) {
        try {
            JsonNode document = JsonMapper.shared().readTree(envelope);
            if (!(document.path("head") instanceof ObjectNode head)) {
                throw new PkiException("this is no sealed envelope");
            }
            Optional<SecretKey> key = key(head, seal);
            return key.isEmpty()
                    ? Optional.empty()
                    : Optional.of(crypt(
                            Cipher.DECRYPT_MODE, key.get(), head, bytes(head, "nonce"), bytes(document, "content")));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new PkiException("this is no sealed envelope", e);
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Optional<SecretKey> key(ObjectNode head, Seal seal) throws GeneralSecurityException {
        String by = head.path("by").asString("");
        return switch (seal) {
            case Seal.Passphrase passphrase
            when by.equals("scrypt") -> {
                int cost = head.path("cost").asInt(0);
                yield cost < 1 || cost > MOST_COST_BITS
                        ? Optional.empty()
                        : Optional.of(stretched(passphrase, bytes(head, "salt"), cost));
            }
            case Seal.Holder holder
            when by.equals("RSA") -> {
                Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
                cipher.init(Cipher.UNWRAP_MODE, holder.key(), OAEP);
                yield Optional.of((SecretKey) cipher.unwrap(bytes(head, "key"), "AES", Cipher.SECRET_KEY));
            }
            case Seal.Holder holder
            when by.equals("DHKEM") ->
                Optional.of(KEM.getInstance("DHKEM")
                        .newDecapsulator(holder.key())
                        .decapsulate(bytes(head, "key"), 0, KEY_BYTES, "AES"));
            case Seal.Passphrase _, Seal.Holder _, Seal.Recipient _ ->
                throw new PkiException(
                        by.equals("scrypt")
                                ? "it is closed by a passphrase"
                                : "it is closed for the holder of a private key (%s)".formatted(by));
        };
    }

    private static byte[] crypt(int mode, SecretKey key, ObjectNode head, byte[] nonce, byte[] content)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(head.toString().getBytes(StandardCharsets.UTF_8));
        return cipher.doFinal(content);
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return random;
    }

    private static void put(ObjectNode document, String field, byte[] bytes) {
        document.put(field, Base64.getEncoder().encodeToString(bytes));
    }

    private static byte[] bytes(JsonNode document, String field) {
        return Base64.getDecoder().decode(document.path(field).asString(""));
    }
}
