package io.kvorum.bench;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Opens connections to members, all on two network threads that also run what answers set off. Any thread. */
final class Wires implements AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 64 << 20;

    private final Optional<SslContext> tls;
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("load", true), NioIoHandler.newFactory());

    Wires(Optional<SslContext> tls) {
        this.tls = tls;
    }

    ManagedChannel open(Seat seat) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(seat.host(), Seat.CLIENT_PORT)
                .eventLoopGroup(loops)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .flowControlWindow(1 << 20);
        tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
        return builder.build();
    }

    /** Connections that are closed together. */
    Bundle open(Seat seat, int count) {
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            channels.add(open(seat));
        }
        return new Bundle(channels);
    }

    record Bundle(List<ManagedChannel> channels) implements AutoCloseable {
        ManagedChannel of(int client) {
            return channels.get(client % channels.size());
        }

        @Override
        public void close() {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    @Override
    public void close() {
        var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
