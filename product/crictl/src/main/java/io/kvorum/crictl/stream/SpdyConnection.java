package io.kvorum.crictl.stream;

import io.kvorum.crictl.session.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client's side of SPDY/3.1 as the container runtime's streaming server speaks it: no flow control, no priorities. Any
 * thread may open streams and send on them; what arrives is handed to the streams' sinks by one thread. Unlike a
 * websocket it can end one direction, which is how a command learns that its input is over.
 */
final class SpdyConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int WAITING_FRAMES = 64;

    private static final int CHUNK = 16 << 10;
    private static final byte LOWEST_PRIORITY = 7;

    private final Socket socket;
    private final InputStream in;
    /** Full when the server reads slower than we send: then senders wait. */
    private final BlockingQueue<Object> waiting = new ArrayBlockingQueue<>(WAITING_FRAMES);

    private final Map<Integer, SpdyStream> streams = new ConcurrentHashMap<>();
    /** Streams must begin in the order of their numbers. */
    private final ReentrantLock opening = new ReentrantLock();

    private int nextId = 1;
    private volatile boolean closed;

    private SpdyConnection(Socket socket, InputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /** Connects to a URL that the runtime gave out, and agrees on that protocol. */
    static SpdyConnection open(URI url, String protocol) throws IOException {
        if (!"http".equals(url.getScheme())) {
            throw new Failure("the runtime wants to stream at %s, but only http is known".formatted(url));
        }
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), (int) CONNECT.toMillis());
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), CHUNK);
            SpdyUpgrade.perform(url, protocol, in, socket.getOutputStream());
            SpdyConnection connection = new SpdyConnection(socket, in);
            Thread.ofVirtual().name("spdy-reader").start(connection::readAll);
            Thread.ofVirtual().name("spdy-writer").start(connection::writeAll);
            return connection;
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    /** Begins a stream; the names of its headers are in lower case. */
    SpdyStream open(Map<String, String> headers, StreamSink sink) throws IOException {
        opening.lock();
        try {
            int id = nextId;
            nextId += 2;
            SpdyStream stream = new SpdyStream(this, id, sink);
            streams.put(id, stream);
            SpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, LOWEST_PRIORITY);
            headers.forEach((name, value) -> frame.headers().add(name, value));
            send(frame);
            if (closed) {
                stream.over();
            }
            return stream;
        } finally {
            opening.unlock();
        }
    }

    void data(int stream, byte[] bytes, int length, boolean last) throws IOException {
        send(new DefaultSpdyDataFrame(stream, Unpooled.copiedBuffer(bytes, 0, length)).setLast(last));
    }

    void reset(int stream) throws IOException {
        send(new DefaultSpdyRstStreamFrame(stream, SpdyStreamStatus.CANCEL));
    }

    private void send(Object frame) throws IOException {
        try {
            while (!waiting.offer(frame, 1, TimeUnit.SECONDS)) {
                demandOpen();
            }
            demandOpen();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending", e);
        }
    }

    private void demandOpen() throws IOException {
        if (closed) {
            throw new IOException("the streaming server closed the connection");
        }
    }

    private void writeAll() {
        EmbeddedChannel encoder = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        try (OutputStream out = socket.getOutputStream()) {
            while (!closed) {
                Object frame = waiting.poll(1, TimeUnit.SECONDS);
                if (frame != null) {
                    encoder.writeOutbound(frame);
                    for (ByteBuf bytes = encoder.readOutbound(); bytes != null; bytes = encoder.readOutbound()) {
                        bytes.readBytes(out, bytes.readableBytes());
                        bytes.release();
                    }
                    out.flush();
                }
            }
        } catch (IOException gone) {
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            encoder.finishAndReleaseAll();
        }
    }

    private void readAll() {
        EmbeddedChannel decoder = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        byte[] chunk = new byte[CHUNK];
        try {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                decoder.writeInbound(Unpooled.copiedBuffer(chunk, 0, length));
                for (Object frame = decoder.readInbound(); frame != null; frame = decoder.readInbound()) {
                    try {
                        handle(frame);
                    } finally {
                        ReferenceCountUtil.release(frame);
                    }
                }
            }
        } catch (IOException gone) {
            // the streams learn of it below
        } finally {
            close();
            decoder.finishAndReleaseAll();
        }
    }

    private void handle(Object frame) {
        switch (frame) {
            case SpdyDataFrame data -> {
                SpdyStream stream = streams.get(data.streamId());
                if (stream != null) {
                    stream.received(data.content());
                }
                endIfLast(data);
            }
            case SpdyRstStreamFrame reset -> over(reset.streamId());
            case SpdyStreamFrame other -> endIfLast(other);
            // a full queue means that the connection is busy, which answers the question too
            case SpdyPingFrame ping when ping.id() % 2 == 0 -> waiting.offer(ping);
            default -> {}
        }
    }

    private void endIfLast(SpdyStreamFrame frame) {
        if (frame.isLast()) {
            over(frame.streamId());
        }
    }

    private void over(int id) {
        SpdyStream stream = streams.remove(id);
        if (stream != null) {
            stream.over();
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing is left to close
        }
        streams.values().forEach(SpdyStream::over);
        streams.clear();
    }
}
