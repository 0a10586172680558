package io.kvorum.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom a client trusts and what it shows: a key manager with its certificate, a bearer token, or neither. A key manager
 * that looks up its certificate on each handshake gives live renewal.
 */
public record TlsMaterial(TrustManager trust, Optional<KeyManager> identity, Optional<Supplier<String>> token) {
    private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    /** Trusts the authorities in the PEM text and shows a client certificate; the key is PKCS#8 PEM. */
    public static TlsMaterial certificate(String authoritiesPem, String certificatePem, String keyPem) {
        return new TlsMaterial(
                trusting(authoritiesPem), Optional.of(showing(certificatePem, keyPem)), Optional.empty());
    }

    /** Trusts the authorities in the PEM text and shows a bearer token, asked for before each request. */
    public static TlsMaterial token(String authoritiesPem, Supplier<String> token) {
        return new TlsMaterial(trusting(authoritiesPem), Optional.empty(), Optional.of(token));
    }

    @Override
    public String toString() {
        return "TlsMaterial[certificate: " + identity.isPresent() + ", token: " + token.isPresent() + "]";
    }

    private static TrustManager trusting(String authoritiesPem) {
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (Certificate authority : certificates(authoritiesPem)) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the certificate authorities are not readable PEM certificates", e);
        }
    }

    private static KeyManager showing(String certificatePem, String keyPem) {
        try {
            KeyStore store = emptyStore();
            Certificate[] chain = certificates(certificatePem).toArray(Certificate[]::new);
            store.setKeyEntry("client", privateKey(keyPem), new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            return factory.getKeyManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the client certificate or its key is not readable PEM", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String pem) throws GeneralSecurityException {
        var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
        return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(bytes));
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        int start = pem.indexOf("-----BEGIN PRIVATE KEY-----");
        int end = pem.indexOf("-----END PRIVATE KEY-----");
        if (start < 0 || end < start) {
            throw new InvalidKeySpecException("expected a PKCS#8 key between BEGIN PRIVATE KEY and END PRIVATE KEY");
        }
        String base64 = pem.substring(start + "-----BEGIN PRIVATE KEY-----".length(), end);
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
        var refused = new InvalidKeySpecException("the key is none of " + KEY_ALGORITHMS);
        for (String algorithm : KEY_ALGORITHMS) { // the encoding names its algorithm, but the JDK wants to be told
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                refused.addSuppressed(e);
            }
        }
        throw refused;
    }
}
