package io.kvorum.torture;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** A connection to whichever member listens on a host. Any thread. */
final class Door implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 64 << 20;

    private final int host;
    private final ManagedChannel channel;

    private Door(int host, ManagedChannel channel) {
        this.host = host;
        this.channel = channel;
    }

    /** @param certificates holds ca.crt, client.crt and client.key, if the site is secure */
    static Door to(Site site, int host, Path certificates) {
        var builder = NettyChannelBuilder.forAddress(new InetSocketAddress(site.address(host), site.clientPort(host)))
                .keepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTimeout(2, TimeUnit.SECONDS)
                .maxInboundMessageSize(LARGEST_MESSAGE);
        if (site.isSecure()) {
            builder.sslContext(tls(certificates));
        } else {
            builder.negotiationType(NegotiationType.PLAINTEXT);
        }
        return new Door(host, builder.build());
    }

    private static SslContext tls(Path certificates) {
        try {
            var identity = new Identity(
                    Pem.keyPair(certificates.resolve("client.key")).getPrivate(),
                    Pem.certificates(certificates.resolve("client.crt")));
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .trustManager(Trust.in(Pem.certificates(certificates.resolve("ca.crt"))))
                    .keyManager(new ReloadableKeyManager(identity))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("the client's certificate cannot be used", e);
        }
    }

    int host() {
        return host;
    }

    KVGrpc.KVBlockingStub kv(Duration limit) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    LeaseGrpc.LeaseBlockingStub lease(Duration limit) {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    LeaseGrpc.LeaseStub keepAlive(Duration limit) {
        return LeaseGrpc.newStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance(Duration limit) {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    ClusterGrpc.ClusterBlockingStub cluster(Duration limit) {
        return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    WatchGrpc.WatchStub watch() {
        return WatchGrpc.newStub(channel);
    }

    /** A member that comes back is to be found at once, and not when patience has run out. */
    void retryNow() {
        channel.resetConnectBackoff();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
