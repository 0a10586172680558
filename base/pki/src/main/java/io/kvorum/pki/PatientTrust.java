package io.kvorum.pki;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trust in authorities whose leaves are never too young: a board without a battery wakes up in the past and must still
 * know its peers. The end of a certificate counts. Any thread.
 */
final class PatientTrust extends X509ExtendedTrustManager {
    /** How long one manager, which judges by the moment it was made, is used. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final Set<TrustAnchor> anchors = new LinkedHashSet<>();
    private final List<X509Certificate> authorities;
    private final InstantSource clock;
    private volatile @Nullable Dated usual;

    private record Dated(Instant date, X509ExtendedTrustManager manager) {}

    PatientTrust(List<X509Certificate> authorities, InstantSource clock) {
        this.authorities = List.copyOf(authorities);
        this.clock = clock;
        authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
        usual = new Dated(clock.instant(), manager(clock.instant()));
    }

    private X509ExtendedTrustManager manager(Instant date) {
        try {
            var parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(date));
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager trust) {
                    return trust;
                }
            }
            throw new PkiException("this Java has no PKIX trust manager");
        } catch (GeneralSecurityException e) {
            throw new PkiException("cannot set up trust in " + anchors.size() + " authorities", e);
        }
    }

    private X509ExtendedTrustManager judge(X509Certificate @Nullable [] chain) {
        Instant now = clock.instant();
        Instant date = now;
        for (X509Certificate certificate : chain == null ? new X509Certificate[0] : chain) {
            Instant begin = certificate.getNotBefore().toInstant();
            date = begin.isAfter(date) ? begin : date;
        }
        if (date.isAfter(now)) {
            return manager(date);
        }
        Dated present = usual;
        if (present == null
                || !Duration.between(present.date(), now).abs().minus(FRESH).isNegative()) {
            present = new Dated(now, manager(now));
            usual = present;
        }
        return present.manager();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        judge(chain).checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        judge(chain).checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        judge(chain).checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        judge(chain).checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        judge(chain).checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        judge(chain).checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.toArray(X509Certificate[]::new);
    }
}
