package io.kvorum.pki;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trust of one who joins: the server's certificate must come from the cluster's own authority and speak for its API. By
 * which address or load balancer it was reached does not matter, since nobody outside the cluster has such a certificate.
 * Any thread.
 */
public final class PinnedServerTrust extends TrustOfServers {
    private static final String API_NAME = "kubernetes.default";

    private final X509ExtendedTrustManager authorities;

    public PinnedServerTrust(List<X509Certificate> serverAuthorities) {
        this.authorities = Trust.in(serverAuthorities);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        authorities.checkServerTrusted(chain, authType);
        Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
        if (names == null || names.stream().noneMatch(name -> API_NAME.equals(name.get(1)))) {
            throw new CertificateException("the certificate of " + chain[0].getSubjectX500Principal()
                    + " is of this cluster but not of an API server");
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }
}
