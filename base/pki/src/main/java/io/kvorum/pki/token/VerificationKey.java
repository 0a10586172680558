package io.kvorum.pki.token;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A public key with the id upstream derives from it, so that tokens of a migrated cluster keep working; any thread. */
record VerificationKey(PublicKey key, String id, SigningAlgorithm algorithm) {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int P256_BYTES = 32;

    static VerificationKey of(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return new VerificationKey(key, BASE64.encodeToString(digest), SigningAlgorithm.of(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }

    boolean verifies(String signingInput, byte[] signature) {
        return algorithm.verify(key, signingInput.getBytes(StandardCharsets.US_ASCII), signature);
    }

    ObjectNode jwk() {
        ObjectNode jwk = JsonNodeFactory.instance.objectNode();
        jwk.put("use", "sig");
        switch (key) {
            case RSAPublicKey rsa ->
                jwk.put("kty", "RSA")
                        .put("kid", id)
                        .put("alg", algorithm.name())
                        .put("n", unsigned(rsa.getModulus(), 0))
                        .put("e", unsigned(rsa.getPublicExponent(), 0));
            case ECPublicKey ec ->
                jwk.put("kty", "EC")
                        .put("kid", id)
                        .put("crv", "P-256")
                        .put("alg", algorithm.name())
                        .put("x", unsigned(ec.getW().getAffineX(), P256_BYTES))
                        .put("y", unsigned(ec.getW().getAffineY(), P256_BYTES));
            default -> throw new IllegalStateException("a key that SigningAlgorithm refuses");
        }
        return jwk;
    }

    private static String unsigned(BigInteger value, int minBytes) {
        byte[] bytes = value.toByteArray();
        int skip = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        int length = bytes.length - skip;
        byte[] padded = new byte[Math.max(minBytes, length)];
        System.arraycopy(bytes, skip, padded, padded.length - length, length);
        return BASE64.encodeToString(padded);
    }
}
