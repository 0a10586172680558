package io.kvorum.etcdserver;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
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

    /** Of a connection whose other end has shown a certificate. */
    static final Attributes.Key<String> COMMON_NAME = Attributes.Key.create("common-name");

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
            String commonName = call.getAttributes().get(COMMON_NAME);
            if (needsCertificate && commonName == null) {
                return refuse(call, Problem.NO_CERTIFICATE);
            }
            boolean wantsLeader = "true".equals(headers.get(NEEDS_LEADER));
            if (wantsLeader && !leader.hasLeader()) {
                return refuse(call, Problem.NO_LEADER);
            }
            Caller caller = new Caller(token(headers), commonName == null ? "" : commonName);
            Context context = Context.current().withValue(KEY, caller);
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
    }

    /**
     * Who has shown a certificate, if anybody: looked at once a connection, since reading a name costs more than a small
     * answer.
     */
    static Optional<String> commonName(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate leaf
                    ? Optional.of(commonName(leaf.getSubjectX500Principal()))
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
