package io.kvorum.pki;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** Encrypts values in the formats of Kubernetes' providers, without their prefix. Immutable, any thread. */
public sealed interface ValueCipher {
    /** The chance must be hard to guess, such as SecureRandom. */
    byte[] encrypt(byte[] plain, RandomGenerator chance);

    /** @throws PkiException when it was encrypted otherwise, or changed */
    byte[] decrypt(byte[] encrypted);

    /** {@code aescbc}: AES in CBC mode; the initial vector comes first. Whoever can write the store can change values. */
    static ValueCipher aesCbc(byte[] key) {
        return new AesCbc(key.clone());
    }

    /** {@code secretbox}: XSalsa20 and Poly1305; the nonce comes first, then the mark. */
    static ValueCipher secretBox(byte[] key) {
        if (key.length != SecretBox.KEY_BYTES) {
            throw new PkiException(
                    "a key of secretbox has %d bytes, not %d".formatted(SecretBox.KEY_BYTES, key.length));
        }
        return new SecretBox(key.clone());
    }

    /** As {@link #aesCbc}. */
    final class AesCbc implements ValueCipher {
        private static final int BLOCK_BYTES = 16;

        private final byte[] key;

        private AesCbc(byte[] key) {
            this.key = key;
        }

        @Override
        public byte[] encrypt(byte[] plain, RandomGenerator chance) {
            byte[] vector = new byte[BLOCK_BYTES];
            chance.nextBytes(vector);
            byte[] encrypted = run(Cipher.ENCRYPT_MODE, vector, plain, 0);
            byte[] all = Arrays.copyOf(vector, BLOCK_BYTES + encrypted.length);
            System.arraycopy(encrypted, 0, all, BLOCK_BYTES, encrypted.length);
            return all;
        }

        @Override
        public byte[] decrypt(byte[] encrypted) {
            if (encrypted.length < 2 * BLOCK_BYTES) {
                throw new PkiException("an encrypted value is cut off");
            }
            return run(Cipher.DECRYPT_MODE, Arrays.copyOf(encrypted, BLOCK_BYTES), encrypted, BLOCK_BYTES);
        }

        private byte[] run(int mode, byte[] vector, byte[] input, int from) {
            try {
                Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
                cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(vector));
                return cipher.doFinal(input, from, input.length - from);
            } catch (GeneralSecurityException e) {
                throw new PkiException("a value cannot be encrypted or decrypted by this key", e);
            }
        }
    }

    /** As {@link #secretBox}. */
    final class SecretBox implements ValueCipher {
        private static final int KEY_BYTES = 32;
        private static final int NONCE_BYTES = 24;
        private static final int MARK_BYTES = 16;

        private final byte[] key;

        private SecretBox(byte[] key) {
            this.key = key;
        }

        @Override
        public byte[] encrypt(byte[] plain, RandomGenerator chance) {
            byte[] nonce = new byte[NONCE_BYTES];
            chance.nextBytes(nonce);
            XSalsa20Engine stream = stream(nonce);
            byte[] markKey = markKey(stream);
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + MARK_BYTES + plain.length);
            stream.processBytes(plain, 0, plain.length, all, NONCE_BYTES + MARK_BYTES);
            System.arraycopy(mark(markKey, all), 0, all, NONCE_BYTES, MARK_BYTES);
            return all;
        }

        @Override
        public byte[] decrypt(byte[] encrypted) {
            if (encrypted.length < NONCE_BYTES + MARK_BYTES) {
                throw new PkiException("an encrypted value is cut off");
            }
            XSalsa20Engine stream = stream(Arrays.copyOf(encrypted, NONCE_BYTES));
            byte[] mark = mark(markKey(stream), encrypted);
            byte[] shown = Arrays.copyOfRange(encrypted, NONCE_BYTES, NONCE_BYTES + MARK_BYTES);
            if (!java.security.MessageDigest.isEqual(mark, shown)) {
                throw new PkiException("an encrypted value is of another key, or was changed");
            }
            int length = encrypted.length - NONCE_BYTES - MARK_BYTES;
            byte[] plain = new byte[length];
            stream.processBytes(encrypted, NONCE_BYTES + MARK_BYTES, length, plain, 0);
            return plain;
        }

        private XSalsa20Engine stream(byte[] nonce) {
            var stream = new XSalsa20Engine();
            stream.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
            return stream;
        }

        /** What the stream gives first. */
        private static byte[] markKey(XSalsa20Engine stream) {
            byte[] first = new byte[KEY_BYTES];
            stream.processBytes(first, 0, KEY_BYTES, first, 0);
            return first;
        }

        private static byte[] mark(byte[] markKey, byte[] all) {
            var mac = new Poly1305();
            mac.init(new KeyParameter(markKey));
            int from = NONCE_BYTES + MARK_BYTES;
            mac.update(all, from, all.length - from);
            byte[] mark = new byte[MARK_BYTES];
            mac.doFinal(mark, 0);
            return mark;
        }
    }
}
