package io.kvorum.jraft.wire;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.GrpcSslContexts;
import io.kvorum.jraft.PeerIdentity;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.raft.MemberId;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Who stands at the other end of a connection. Any thread. */
final class Authentication {
    private final PeerSecurity security;

    Authentication(PeerSecurity security) {
        this.security = security;
    }

    /** Empty when connections are plain. */
    Optional<SslContext> forServer() {
        return switch (security) {
            case PeerSecurity.PlainOnLoopback _ -> Optional.empty();
            case PeerSecurity.MutualTls tls -> {
                var builder = SslContextBuilder.forServer(tls.keys()).clientAuth(ClientAuth.REQUIRE);
                yield Optional.of(build(builder, tls));
            }
        };
    }

    Optional<SslContext> forClient() {
        return switch (security) {
            case PeerSecurity.PlainOnLoopback _ -> Optional.empty();
            case PeerSecurity.MutualTls tls ->
                Optional.of(build(SslContextBuilder.forClient().keyManager(tls.keys()), tls));
        };
    }

    private static SslContext build(SslContextBuilder builder, PeerSecurity.MutualTls tls) {
        try {
            return GrpcSslContexts.configure(builder, SslProvider.JDK)
                    .trustManager(new ChainOnlyTrust(tls.trust()))
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("the peers' keys and certificates make no TLS context", e);
        }
    }

    /** Whether the other end of the connection may speak for the member. */
    boolean isProven(Attributes connection, MemberId member) {
        return switch (security) {
            case PeerSecurity.PlainOnLoopback _ -> true;
            case PeerSecurity.MutualTls tls -> speaksFor(tls.identity(), connection, member);
        };
    }

    private static boolean speaksFor(PeerIdentity identity, Attributes connection, MemberId member) {
        SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return false;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf && identity.speaksFor(leaf, member);
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }
}
