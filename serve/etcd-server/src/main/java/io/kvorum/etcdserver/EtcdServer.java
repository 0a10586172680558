package io.kvorum.etcdserver;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.http.Exchange;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.PlainHttpServer;
import io.kvorum.http.Tls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** etcd's API on a store: gRPC and a few pages on the same port. Start it once; close it before the store. */
public final class EtcdServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EtcdServer.class);
    private static final int GRPC_OVERHEAD_BYTES = 512 * 1024;
    private static final int LOOPS = 2;
    private static final int POOL_PAGE_BYTES = 8192;
    /** Chunks of 256 KB. */
    private static final int POOL_CHUNK_ORDER = 5;

    private static final long RETRY_MILLIS = 200;
    /** As etcd: three times an election's time. */
    private static final int LOOKS_WITHOUT_LEADER = 3;

    /** An API server has some thousands of watches under way at most. */
    private static final int MOST_CALLS_A_CONNECTION = 20_000;

    /** Whoever gives up calls faster than this only wants to keep the server busy. */
    private static final int MOST_RESETS = 5_000;

    private static final int RESET_WINDOW_SECONDS = 10;

    private final EtcdServerConfig config;
    private final EmbeddedStore store;
    private final RandomGenerator random;
    private final Pages pages;
    private final CallTally tally = new CallTally();
    private final WatchTally watches = new WatchTally();
    private final LeaderWatch leader;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            LOOPS, new DefaultThreadFactory("etcd-net", true), NioIoHandler.newFactory());
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("etcd-call").factory());
    private final ByteBufAllocator buffers = buffers();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Server server;
    private @Nullable PlainHttpServer healthDoor;

    public EtcdServer(EtcdServerConfig config, EmbeddedStore store, RandomGenerator random) {
        this.config = config;
        this.store = store;
        this.random = random;
        this.leader = new LeaderWatch(store::leadership, config.leaderLookEvery(), LOOKS_WITHOUT_LEADER);
        HealthChecks health = new HealthChecks(store);
        Metrics metrics = new Metrics(store, new Metrics.Sources(health, tally, leader, watches), config.version());
        this.pages = new Pages(health, metrics, config.version());
    }

    /** @throws UncheckedIOException when an address cannot be listened on */
    public synchronized void start() {
        Server built = builder().build();
        try {
            server = built.start();
        } catch (IOException e) {
            throw new UncheckedIOException("etcd's API cannot be served on " + config.listen(), e);
        }
        if (!config.healthListen().isEmpty()) {
            HttpConfig http = HttpConfig.listeningOn(config.healthListen().toArray(InetSocketAddress[]::new));
            healthDoor = new PlainHttpServer(http, this::answer);
            healthDoor.start();
        }
        leader.start();
        Thread.ofVirtual().name("etcd-publish").start(this::describeSelf);
    }

    private NettyServerBuilder builder() {
        Headers headers = new Headers(store, config.clusterId());
        Gate gate = new Gate(store.accounts(), store.leases()::keysOf);
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        config.listen().getFirst())
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .channelType(NioServerSocketChannel.class)
                .withChildOption(ChannelOption.ALLOCATOR, buffers)
                .executor(calls)
                .maxInboundMessageSize(config.maxRequestBytes() + GRPC_OVERHEAD_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .flowControlWindow(1 << 20)
                .maxConcurrentCallsPerConnection(MOST_CALLS_A_CONNECTION)
                .maxRstFramesPerWindow(MOST_RESETS, RESET_WINDOW_SECONDS)
                .addStreamTracerFactory(tally)
                .intercept(new Caller.Desk(leader, needsCertificate()))
                .protocolNegotiator(new SharedPort(config.tls().map(EtcdServer::context), pages))
                .addService(new KvService(store, headers, gate))
                .addService(new WatchService(store, headers, gate, new WatchService.Way(config, watches)))
                .addService(new LeaseService(store, headers, gate, random))
                .addService(new ClusterService(store, headers, gate, random))
                .addService(new MaintenanceService(store, headers, gate, config.version()))
                .addService(new AuthService(store.accounts(), headers, gate))
                .addService(new LockService(store, headers, gate, random))
                .addService(new ElectionService(store, headers, gate, random))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        config.listen().stream().skip(1).forEach(builder::addListenAddress);
        return builder;
    }

    private boolean needsCertificate() {
        return config.tls()
                .filter(tls -> tls.clientCertificates() == Tls.ClientCertificates.NEEDED)
                .isPresent();
    }

    /**
     * TLS takes an array of 17 KB for every record in and out: taken anew each time they were a quarter of all that a put
     * allocates. One small pool that only the network threads keep shares of costs less than a megabyte.
     */
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

    /**
     * Whoever has no certificate is let in as far as the pages, which probes and Prometheus read; the desk turns back
     * everything else of theirs. HTTP/1.1 comes first since clients that speak both want a page, and gRPC offers h2 only.
     *
     * <p>The managers are asked at each handshake, so they may change what they answer while the server runs. */
    private static SslContext context(Tls tls) {
        ClientAuth clients = switch (tls.clientCertificates()) {
            case NONE -> ClientAuth.NONE;
            case WANTED, NEEDED -> ClientAuth.OPTIONAL;
        };
        ApplicationProtocolConfig protocols = new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                "http/1.1",
                "h2");
        try {
            return SslContextBuilder.forServer(tls.keys())
                    .sslProvider(SslProvider.JDK)
                    .trustManager(tls.trust())
                    .clientAuth(clients)
                    .applicationProtocolConfig(protocols)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("the keys and certificates of etcd's API make no TLS context", e);
        }
    }

    private void answer(Exchange exchange) throws IOException {
        Pages.Page page = pages.page(exchange.method(), exchange.path(), exchange.rawQuery());
        exchange.respond(page.status(), page.type(), page.bytes());
    }

    /** Tried until there is a leader that takes it. */
    private void describeSelf() {
        EtcdServerConfig.Names names = config.names();
        try {
            boolean isOver = triedToDescribe(names);
            while (!isOver) {
                isOver = closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS) || triedToDescribe(names);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean triedToDescribe(EtcdServerConfig.Names names) {
        try {
            store.members().describeSelf(names.member(), names.peerUrls(), names.clientUrls());
            return true;
        } catch (StoreException e) {
            log.atDebug().setCause(e).log("the other members could not be told this member's name yet");
            return false;
        }
    }

    /** Where clients come in, with the ports that were free if any was asked for. */
    public synchronized List<InetSocketAddress> addresses() {
        return Optional.ofNullable(server).stream()
                .flatMap(running -> running.getListenSockets().stream())
                .map(InetSocketAddress.class::cast)
                .toList();
    }

    String metrics() {
        return pages.page("GET", "/metrics", "").text();
    }

    /** Where health and metrics are answered. */
    public synchronized List<InetSocketAddress> healthAddresses() {
        return healthDoor == null ? List.of() : healthDoor.addresses();
    }

    /** Calls under way are broken off; their callers try again at another member. */
    @Override
    public synchronized void close() {
        closed.countDown();
        leader.close();
        Server running = server;
        if (running != null) {
            running.shutdownNow();
            try {
                boolean ended = running.awaitTermination(2, TimeUnit.SECONDS);
                if (!ended) {
                    log.atWarn().log("calls to etcd's API go on while the server stops");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (healthDoor != null) {
            healthDoor.close();
        }
        calls.shutdownNow();
        var ignored = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
