package io.kvorum.pki;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trust in the given authorities and no others. */
public final class Trust {
    private Trust() {}

    public static X509ExtendedTrustManager in(List<X509Certificate> authorities) {
        return in(authorities, InstantSource.system());
    }

    /**
     * Trust by a clock that may be behind: a certificate that is "not yet valid" is valid, since its authority, which is
     * ours, has surely made it before it was shown.
     */
    public static X509ExtendedTrustManager in(List<X509Certificate> authorities, InstantSource clock) {
        return new PatientTrust(authorities, clock);
    }

    /** A client's TLS: trusts the authorities and shows the identity, if there is one. */
    public static SSLContext clientContext(List<X509Certificate> authorities, @Nullable KeyManager identity) {
        return clientContext(in(authorities), identity);
    }

    /** A client's TLS with a trust of its own. */
    public static SSLContext clientContext(X509ExtendedTrustManager trust, @Nullable KeyManager identity) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(identity == null ? null : new KeyManager[] {identity}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new PkiException("cannot set up TLS", e);
        }
    }
}
