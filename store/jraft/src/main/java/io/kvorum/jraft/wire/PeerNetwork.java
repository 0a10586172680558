package io.kvorum.jraft.wire;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.raft.MemberId;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the two ends of a member's connections share: identity, keys, threads. Any thread. */
public final class PeerNetwork implements AutoCloseable {
    /** Well above the largest message: a batch of entries stops growing at half a MiB, but one entry may be larger. */
    private static final int LARGEST_MESSAGE = 32 << 20;

    private static final int POOL_PAGE_BYTES = 8192;
    /** Chunks of 256 KB. */
    private static final int POOL_CHUNK_ORDER = 5;

    private final MemberId self;
    private final InetSocketAddress bind;
    private final AddressBook addresses;
    private final ClusterName cluster;
    private final Authentication authentication;
    private final Optional<SslContext> clientTls;
    private final ScheduledExecutorService timers;
    private final EventLoopGroup loops;
    private final ByteBufAllocator buffers = buffers();
    private final ThreadPoolExecutor workers;

    public PeerNetwork(
            MemberId self,
            InetSocketAddress bind,
            PeerSecurity security,
            ScheduledExecutorService timers,
            AddressBook addresses,
            ClusterName cluster) {
        this.addresses = addresses;
        this.cluster = cluster;
        if (security instanceof PeerSecurity.PlainOnLoopback
                && !(bind.getAddress() != null && bind.getAddress().isLoopbackAddress())) {
            throw new IllegalArgumentException(
                    "peers without TLS are allowed on a loopback address only, not on " + bind);
        }
        this.self = self;
        this.bind = bind;
        this.authentication = new Authentication(security);
        this.clientTls = authentication.forClient();
        this.timers = timers;
        this.loops = new MultiThreadIoEventLoopGroup(
                2, new DefaultThreadFactory("peer-network", true), NioIoHandler.newFactory());
        // A full queue is answered with "busy". Eight threads, since an InstallSnapshot holds one as long as it takes.
        this.workers = new ThreadPoolExecutor(
                8,
                8,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(4096),
                Thread.ofPlatform().daemon().name("peer-request-", 0).factory());
        workers.allowCoreThreadTimeOut(true);
    }

    AddressBook addresses() {
        return addresses;
    }

    ClusterName cluster() {
        return cluster;
    }

    MemberId self() {
        return self;
    }

    /** Why a member whose identity is proven may not be spoken with all the same; null when it may. */
    @Nullable
    String refusalOf(MemberId peer, Metadata headers) {
        String other = headers.get(PeerLink.CLUSTER);
        try {
            return other == null || cluster.accepts(Long.parseUnsignedLong(other, 16))
                    ? null
                    : "member %s belongs to cluster %s, member %s to cluster %016x"
                            .formatted(peer, other, self, cluster.id());
        } catch (NumberFormatException e) {
            return "member %s names no cluster but '%s'".formatted(peer, other);
        }
    }

    Authentication authentication() {
        return authentication;
    }

    public ThreadPoolExecutor workers() {
        return workers;
    }

    ScheduledExecutorService timers() {
        return timers;
    }

    /** TLS takes an array of 17 KB for every record: one small pool of which the network's threads alone keep shares. */
    private static ByteBufAllocator buffers() {
        return new PooledByteBufAllocator(
                false,
                1,
                1,
                POOL_PAGE_BYTES,
                POOL_CHUNK_ORDER,
                PooledByteBufAllocator.defaultSmallCacheSize(),
                PooledByteBufAllocator.defaultNormalCacheSize(),
                false);
    }

    NettyServerBuilder serverBuilder() {
        var builder = NettyServerBuilder.forAddress(bind)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .channelType(NioServerSocketChannel.class)
                .directExecutor()
                .withChildOption(ChannelOption.ALLOCATOR, buffers)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .flowControlWindow(1 << 20)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS);
        authentication.forServer().ifPresent(builder::sslContext);
        return builder;
    }

    ManagedChannel channelTo(InetSocketAddress address) {
        var builder = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
                .eventLoopGroup(loops)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .disableServiceConfigLookUp()
                .disableRetry()
                .proxyDetector(_ -> null)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .flowControlWindow(1 << 20)
                .withOption(ChannelOption.ALLOCATOR, buffers)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2000)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS);
        clientTls.ifPresentOrElse(builder::sslContext, () -> builder.negotiationType(NegotiationType.PLAINTEXT));
        return builder.build();
    }

    @Override
    public void close() {
        workers.shutdown();
        var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
