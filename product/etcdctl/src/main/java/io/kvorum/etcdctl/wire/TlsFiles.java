package io.kvorum.etcdctl.wire;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The flags' PEM files as TLS credentials. */
final class TlsFiles {
    private TlsFiles() {}

    static ChannelCredentials credentials(WireSettings settings) {
        try {
            TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
            if (settings.skipVerification()) {
                tls.trustManager(new TrustsAnybody());
            } else if (!settings.cacert().isEmpty()) {
                tls.trustManager(trust(settings.cacert()));
            }
            if (!settings.cert().isEmpty()) {
                tls.keyManager(identity(settings).getKeyManagers());
            }
            return tls.build();
        } catch (NoSuchFileException e) {
            throw new WireException(WireException.Stage.FILES, "open " + e.getFile() + ": no such file or directory");
        } catch (IOException | GeneralSecurityException e) {
            throw new WireException(WireException.Stage.FILES, "cannot use the TLS files: " + e.getMessage());
        }
    }

    private static TrustManager[] trust(String file) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate each : certificates(file)) {
            store.setCertificateEntry("authority-" + number++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManagerFactory identity(WireSettings settings) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = upToRoot(certificates(settings.cert()));
        if (chain.isEmpty()) {
            throw new CertificateException(settings.cert() + " holds no certificate");
        }
        PrivateKey key = PrivateKeyFile.read(Path.of(settings.key()));
        KeyStore store = empty();
        char[] noPassword = new char[0];
        store.setKeyEntry("client", key, noPassword, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, noPassword);
        return factory;
    }

    /** A file may hold further authorities behind the leaf's chain, as after an exchange of authorities. */
    private static List<X509Certificate> upToRoot(Collection<? extends Certificate> file) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate each : file) {
            X509Certificate next = (X509Certificate) each;
            if (!chain.isEmpty() && !chain.getLast().getIssuerX500Principal().equals(next.getSubjectX500Principal())) {
                break;
            }
            chain.add(next);
        }
        return chain;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String file)
            throws IOException, GeneralSecurityException {
        byte[] pem = Files.readAllBytes(Path.of(file));
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    }
}
