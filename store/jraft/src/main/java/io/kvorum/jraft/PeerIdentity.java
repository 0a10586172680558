package io.kvorum.jraft;

import io.kvorum.raft.MemberId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/** Decides whether a certificate, whose chain was found valid already, may speak for a member. Any thread. */
@FunctionalInterface
public interface PeerIdentity {
    String MEMBER = "kvorum://member/";

    boolean speaksFor(X509Certificate certificate, MemberId member);

    /** The certificate names the member in a URI of its subject alternative names: {@code kvorum://member/<hex digits>}. */
    static PeerIdentity byUri() {
        return (certificate, member) -> uris(certificate).stream().anyMatch(uri -> names(uri, member));
    }

    private static boolean names(String uri, MemberId member) {
        if (!uri.startsWith(MEMBER)) {
            return false;
        }
        try {
            return Long.parseUnsignedLong(uri.substring(MEMBER.length()), 16) == member.value();
        } catch (NumberFormatException _) {
            return false;
        }
    }

    static String uriOf(MemberId member) {
        return MEMBER + "%016x".formatted(member.value());
    }

    private static List<String> uris(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> Integer.valueOf(6).equals(name.getFirst()))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
