package io.kvorum.kubelet.server;

import io.kvorum.http.Exchange;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Who may use the kubelet's door: the API server, and cluster administrators. Stateless. */
final class Callers {
    private Callers() {}

    static boolean isAllowed(Exchange exchange) {
        List<X509Certificate> chain = exchange.peerCertificates();
        return !chain.isEmpty()
                && isAllowed(chain.getFirst().getSubjectX500Principal().getName());
    }

    static boolean isAllowed(String subject) {
        try {
            return new LdapName(subject)
                    .getRdns().stream()
                            .anyMatch(part -> is(part, "O", "system:masters") || is(part, "CN", "kube-apiserver"));
        } catch (InvalidNameException malformed) {
            return false;
        }
    }

    private static boolean is(Rdn part, String type, String value) {
        return part.getType().equalsIgnoreCase(type) && value.equals(part.getValue());
    }
}
