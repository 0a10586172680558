package io.kvorum.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trust in the given authorities and no others. */
public final class Trust {
    private Trust() {}

    public static X509ExtendedTrustManager in(List<X509Certificate> authorities) {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager trust) {
                    return trust;
                }
            }
            throw new PkiException("this Java has no PKIX trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new PkiException("cannot set up trust in " + authorities.size() + " authorities", e);
        }
    }

    /** A client's TLS: trusts the authorities and shows the identity, if there is one. */
    public static SSLContext clientContext(List<X509Certificate> authorities, @Nullable KeyManager identity) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    identity == null ? null : new KeyManager[] {identity}, new TrustManager[] {in(authorities)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new PkiException("cannot set up TLS", e);
        }
    }
}
