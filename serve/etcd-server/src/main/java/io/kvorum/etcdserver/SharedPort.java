package io.kvorum.etcdserver;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * Lets gRPC and HTTP/1.1 come in on one port: whoever begins with HTTP/2's preface is gRPC's, everybody else gets the
 * pages. Network threads only.
 */
final class SharedPort implements InternalProtocolNegotiator.ProtocolNegotiator {
    /** How HTTP/2's preface begins; no method of HTTP/1.1 does. */
    private static final byte[] PREFACE = {'P', 'R', 'I', ' '};

    private static final int MOST_BODY_BYTES = 64 * 1024;

    private final Optional<SslContext> tls;
    private final Pages pages;

    SharedPort(Optional<SslContext> tls, Pages pages) {
        this.tls = tls;
        this.pages = pages;
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of(tls.isPresent() ? "https" : "http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return new Doorman(grpc);
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    /** Looks at the first bytes of one connection. */
    private final class Doorman extends ByteToMessageDecoder {
        private final GrpcHttp2ConnectionHandler grpc;

        private Doorman(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            tls.ifPresent(ssl -> context.pipeline().addBefore(context.name(), null, ssl.newHandler(context.alloc())));
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (in.readableBytes() < PREFACE.length) {
                return;
            }
            if (isPreface(in)) {
                context.pipeline()
                        .addAfter(context.name(), null, InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
                context.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(
                        InternalProtocolNegotiationEvent.getDefault(), attributes(context)));
            } else {
                context.pipeline().addAfter(context.name(), null, new PageHandler(pages));
                context.pipeline().addAfter(context.name(), null, new HttpObjectAggregator(MOST_BODY_BYTES));
                context.pipeline().addAfter(context.name(), null, new HttpServerCodec());
            }
            // What was read so far goes on to whoever has just been put behind.
            context.pipeline().remove(this);
        }

        private static boolean isPreface(ByteBuf in) {
            for (int i = 0; i < PREFACE.length; i++) {
                if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                    return false;
                }
            }
            return true;
        }

        private static Attributes attributes(ChannelHandlerContext context) {
            Attributes.Builder attributes = Attributes.newBuilder()
                    .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, context.channel().localAddress())
                    .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, context.channel().remoteAddress());
            SslHandler ssl = context.pipeline().get(SslHandler.class);
            if (ssl != null) {
                SSLSession session = ssl.engine().getSession();
                attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session);
                Caller.commonName(session).ifPresent(name -> attributes.set(Caller.COMMON_NAME, name));
            }
            return attributes.build();
        }
    }
}
