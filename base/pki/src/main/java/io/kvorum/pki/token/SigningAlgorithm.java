package io.kvorum.pki.token;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;

/** The two algorithms of RFC 7518 that service-account keys come with; any thread. */
enum SigningAlgorithm {
    RS256("SHA256withRSA"),
    ES256("SHA256withECDSAinP1363Format");

    private final String jcaName;

    SigningAlgorithm(String jcaName) {
        this.jcaName = jcaName;
    }

    /** @throws IllegalArgumentException for any other kind of key or curve */
    static SigningAlgorithm of(Key key) {
        if (key instanceof RSAKey) {
            return RS256;
        }
        if (key instanceof ECKey ec && ec.getParams().getOrder().bitLength() == 256) {
            return ES256;
        }
        throw new IllegalArgumentException(
                "a service-account key must be RSA or EC P-256, got " + key.getAlgorithm() + "; make a new one");
    }

    byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance(jcaName);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a service-account token: " + e.getMessage(), e);
        }
    }

    boolean verify(PublicKey key, byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(jcaName);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
