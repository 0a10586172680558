package io.kvorum.crictl.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A runtime's streaming server for one connection: gives back its input in capitals and, when that ends, ends the command
 * with the exit code it was made with. Pings once, as some servers do.
 */
public final class StreamingServer implements AutoCloseable {
    private final ServerSocket door;
    private final int exitCode;
    private final boolean awaitsInput;
    private final Map<String, Integer> streams = new ConcurrentHashMap<>();
    private final CountDownLatch pong = new CountDownLatch(1);
    private volatile String protocol = "";

    public StreamingServer(int exitCode, boolean awaitsInput) throws IOException {
        this.exitCode = exitCode;
        this.awaitsInput = awaitsInput;
        door = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(this::serve);
    }

    public String url() {
        return "http://127.0.0.1:%d/exec/token".formatted(door.getLocalPort());
    }

    public String protocol() {
        return protocol;
    }

    CountDownLatch pong() {
        return pong;
    }

    private void serve() {
        EmbeddedChannel in = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        EmbeddedChannel out = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        try (Socket socket = door.accept()) {
            upgrade(socket);
            byte[] chunk = new byte[512];
            InputStream from = socket.getInputStream();
            for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
                in.writeInbound(Unpooled.copiedBuffer(chunk, 0, length));
                for (Object frame = in.readInbound(); frame != null; frame = in.readInbound()) {
                    handle(frame, out);
                }
                flush(out, socket.getOutputStream());
            }
        } catch (IOException gone) {
            // the client has what it wanted
        }
    }

    private void upgrade(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) socket.getInputStream().read());
        }
        protocol = head.toString().replaceAll("(?s).*X-Stream-Protocol-Version: (\\S+).*", "$1");
        socket.getOutputStream()
                .write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n"
                        .getBytes(US_ASCII));
    }

    private void handle(Object frame, EmbeddedChannel out) {
        switch (frame) {
            case SpdySynStreamFrame opened -> {
                streams.put(String.valueOf(opened.headers().get("streamtype")), opened.streamId());
                out.writeOutbound(new DefaultSpdySynReplyFrame(opened.streamId()));
                if (streams.size() == (awaitsInput ? 4 : 3)) {
                    begin(out);
                }
            }
            case SpdyDataFrame data -> {
                String text = new String(ByteBufUtil.getBytes(data.content()), UTF_8);
                send(out, "stdout", text.toUpperCase(java.util.Locale.ROOT), false);
                if (data.isLast()) {
                    end(out);
                }
                data.release();
            }
            case SpdyPingFrame _ -> pong.countDown();
            default -> {}
        }
    }

    private void begin(EmbeddedChannel out) {
        out.writeOutbound(new DefaultSpdyPingFrame(2));
        send(out, "stderr", "began\n", false);
        if (!awaitsInput) {
            end(out);
        }
    }

    private void end(EmbeddedChannel out) {
        send(out, "stdout", "", true);
        send(out, "stderr", "", true);
        String failure = "{\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":"
                + "[{\"reason\":\"ExitCode\",\"message\":\"%d\"}]}}".formatted(exitCode);
        send(out, "error", exitCode == 0 ? "{\"metadata\":{},\"status\":\"Success\"}" : failure, true);
    }

    private void send(EmbeddedChannel out, String stream, String text, boolean last) {
        out.writeOutbound(
                new DefaultSpdyDataFrame(streams.get(stream), Unpooled.copiedBuffer(text, UTF_8)).setLast(last));
    }

    private static void flush(EmbeddedChannel out, OutputStream to) throws IOException {
        for (ByteBuf bytes = out.readOutbound(); bytes != null; bytes = out.readOutbound()) {
            bytes.readBytes(to, bytes.readableBytes());
            bytes.release();
        }
        to.flush();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
