package io.kvorum.agent.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection and its way to a server: it is the server's only once that server has said something, so that a
 * server that is dead, or hangs, costs the client time but no error. Run by one thread, closed by any.
 */
final class Passage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);
    /** Whoever connects speaks first, by TLS's rules. */
    private static final Duration FIRST_WORDS = Duration.ofSeconds(30);

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int KEEPALIVE_IDLE_SECONDS = 15;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 5;
    private static final int KEEPALIVE_COUNT = 3;

    private final Socket client;
    private final BalancerConfig.Patience patience;
    private volatile @Nullable Socket server;
    private volatile boolean closed;

    /** A server that has answered. */
    private record Answered(Upstream upstream, Socket socket, ByteBuffer firstWords) {}

    Passage(Socket client, BalancerConfig.Patience patience) {
        this.client = client;
        this.patience = patience;
    }

    /** Carries bytes until either side ends. */
    void run(Supplier<List<Upstream>> candidates) {
        try (this) {
            client.setTcpNoDelay(true);
            client.setSoTimeout((int) FIRST_WORDS.toMillis());
            byte[] flight = FirstFlight.read(client.getInputStream());
            Answered answered = search(candidates.get(), flight);
            if (answered == null) {
                LOG.atDebug().log("no server answers");
                return;
            }
            try {
                client.setSoTimeout(0);
                client.getOutputStream()
                        .write(
                                answered.firstWords().array(),
                                0,
                                answered.firstWords().remaining());
                join(answered.socket());
            } finally {
                answered.upstream().leave(this);
            }
        } catch (IOException gone) {
            LOG.atTrace().setCause(gone).log("connection ended");
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Answered search(List<Upstream> candidates, byte[] flight) {
        Iterator<Upstream> left = candidates.iterator();
        while (left.hasNext() && !closed) {
            Upstream upstream = left.next();
            Answered answered = ask(upstream, flight, left.hasNext() ? patience.firstAnswer() : patience.lastAnswer());
            if (answered != null) {
                return answered;
            }
        }
        return null;
    }

    private @Nullable Answered ask(Upstream upstream, byte[] flight, Duration deadline) {
        if (!upstream.admit(this)) {
            return null;
        }
        Socket socket = new Socket();
        try {
            server = socket;
            InetSocketAddress address = upstream.address().resolve();
            if (address.isUnresolved()) {
                throw new IOException("the name " + upstream.address().host() + " cannot be resolved");
            }
            socket.connect(address, (int) patience.connect().toMillis());
            prepare(socket);
            socket.setSoTimeout((int) deadline.toMillis());
            socket.getOutputStream().write(flight);
            byte[] buffer = new byte[BUFFER_BYTES];
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                throw new IOException("closed before it said anything");
            }
            socket.setSoTimeout(0);
            return new Answered(upstream, socket, ByteBuffer.wrap(buffer, 0, count));
        } catch (IOException failure) {
            upstream.leave(this);
            quietly(socket);
            if (!closed) {
                boolean isSlow = failure instanceof SocketTimeoutException;
                LOG.atDebug()
                        .addKeyValue("server", upstream.address())
                        .addKeyValue("why", isSlow ? "no answer in time" : failure.getMessage())
                        .log("server does not answer, trying the next");
                upstream.report(false);
            }
            return null;
        }
    }

    /** A peer that lost power says nothing: the kernel shall ask now and then whether it is still there. */
    private static void prepare(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
        }
    }

    private void join(Socket upstream) throws InterruptedException {
        Thread upwards = Thread.ofVirtual().name("balancer-up").start(() -> pump(client, upstream));
        pump(upstream, client);
        upwards.join();
    }

    /** An end is passed on as an end, a break as a break. */
    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            close();
        }
    }

    @Override
    public void close() {
        closed = true;
        quietly(client);
        Socket upstream = server;
        if (upstream != null) {
            quietly(upstream);
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            LOG.atTrace().setCause(alreadyGone).log("socket was gone already");
        }
    }
}
