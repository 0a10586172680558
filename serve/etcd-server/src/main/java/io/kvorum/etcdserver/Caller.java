package io.kvorum.etcdserver;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

/**
 * Who calls.
 *
 * @param token what it was given when it came in; empty for none
 * @param commonName of the certificate it has shown; empty for none
 */
record Caller(String token, String commonName) {
    static final Context.Key<Caller> KEY = Context.key("caller");

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> NEEDS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    static Caller current() {
        return KEY.get();
    }

    @Override
    public String toString() {
        return "caller " + commonName;
    }

    /** Notes who calls; turns away who shows no certificate, and who wants a leader when there is none. */
    record Desk(LeaderWatch leader, boolean needsCertificate) implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Optional<X509Certificate> certificate = certificate(call);
            if (needsCertificate && certificate.isEmpty()) {
                return refuse(call, Problem.NO_CERTIFICATE);
            }
            boolean wantsLeader = "true".equals(headers.get(NEEDS_LEADER));
            if (wantsLeader && !leader.hasLeader()) {
                return refuse(call, Problem.NO_LEADER);
            }
            String commonName = certificate
                    .map(leaf -> commonName(leaf.getSubjectX500Principal()))
                    .orElse("");
            Context context = Context.current().withValue(KEY, new Caller(token(headers), commonName));
            boolean isLed = wantsLeader && !call.getMethodDescriptor().getType().serverSendsOneMessage();
            return Contexts.interceptCall(
                    context, call, headers, isLed ? (kept, said) -> LedCall.start(kept, leader, said, next) : next);
        }

        private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Problem problem) {
            call.close(problem.exception().getStatus(), new Metadata());
            return new ServerCall.Listener<>() {};
        }

        private static String token(Metadata headers) {
            String token = headers.get(TOKEN);
            if (token == null) {
                token = headers.get(AUTHORIZATION);
            }
            return token == null ? "" : token;
        }

        /** What the handshake has proven; empty when nothing was shown. */
        private static Optional<X509Certificate> certificate(ServerCall<?, ?> call) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            if (session == null) {
                return Optional.empty();
            }
            try {
                return session.getPeerCertificates()[0] instanceof X509Certificate leaf
                        ? Optional.of(leaf)
                        : Optional.empty();
            } catch (SSLPeerUnverifiedException e) {
                return Optional.empty();
            }
        }

        private static String commonName(X500Principal subject) {
            try {
                return new LdapName(subject.getName())
                        .getRdns().stream()
                                .filter(part -> part.getType().equalsIgnoreCase("CN"))
                                .map(part -> String.valueOf(part.getValue()))
                                .findFirst()
                                .orElse("");
            } catch (InvalidNameException e) {
                return "";
            }
        }
    }
}
