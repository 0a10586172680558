package io.kvorum.kubelet.lab;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Keys and trust of a test host, from a PKCS#12 file whose only entry is both the server's key and its own authority. */
final class LabKeys {
    static final String PASSWORD = "changeit";

    private LabKeys() {}

    static X509ExtendedKeyManager keys(Path file) throws Exception {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store(file), PASSWORD.toCharArray());
        return Arrays.stream(factory.getKeyManagers())
                .map(X509ExtendedKeyManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** Trusts exactly the certificate in the file. */
    static X509TrustManager trust(Path file) throws Exception {
        KeyStore own = store(file);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("own", own.getCertificate(own.aliases().nextElement()));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return Arrays.stream(factory.getTrustManagers())
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static KeyStore store(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
