package io.kvorum.snapshot.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom to believe that a server is the bucket's: authorities named by the settings, this machine's, Java's. Stateless. */
final class Trust {
    private static final Logger LOG = LoggerFactory.getLogger(Trust.class);

    /** Where distributions keep the machine's authorities, such as a site's own; the first that is there counts. */
    static final List<Path> MACHINE = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private Trust() {}

    /**
     * @param named a file of certificates in PEM form, or such certificates, or the same in base64; may be empty
     * @throws BucketFailure when what is named is none of these
     */
    static X509TrustManager of(String named, List<Path> machine) {
        try {
            List<Certificate> authorities = new ArrayList<>();
            if (!named.isEmpty()) {
                authorities.addAll(certificates(bytes(named)));
                if (authorities.isEmpty()) {
                    throw new BucketFailure("--etcd-s3-endpoint-ca holds no certificate");
                }
            }
            authorities.addAll(ofMachine(machine));
            authorities.addAll(List.of(managerOf(null).getAcceptedIssuers()));
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                trusted.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            return managerOf(trusted);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new BucketFailure(
                    "--etcd-s3-endpoint-ca must be a file of certificates in PEM form, or one in base64: " + e, e);
        }
    }

    private static Collection<? extends Certificate> ofMachine(List<Path> places) {
        for (Path place : places) {
            if (Files.isReadable(place)) {
                try {
                    return certificates(Files.readAllBytes(place));
                } catch (IOException | GeneralSecurityException e) {
                    LOG.atWarn()
                            .addKeyValue("file", place)
                            .addKeyValue("found", e.toString())
                            .log("the machine's authorities cannot be read; only Java's own are believed");
                    return List.of();
                }
            }
        }
        return List.of();
    }

    private static Collection<? extends Certificate> certificates(byte[] text) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text));
    }

    private static byte[] bytes(String named) throws IOException {
        if (named.contains("-----BEGIN")) {
            return named.getBytes(StandardCharsets.UTF_8);
        }
        return named.length() < 4096 && Files.isRegularFile(Path.of(named))
                ? Files.readAllBytes(Path.of(named))
                : Base64.getMimeDecoder().decode(named);
    }

    private static X509TrustManager managerOf(@Nullable KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }
}
