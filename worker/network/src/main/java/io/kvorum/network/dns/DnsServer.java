package io.kvorum.network.dns;

import io.kvorum.network.dns.Responder.Transport;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two sockets of a DNS server; each question is answered on a virtual thread of its own. One owner opens and closes it. */
final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    /** Beyond these, datagrams are dropped, as in a full socket buffer: clients ask again. */
    private static final int MOST_QUESTIONS = 2048;

    /** Beyond these, connections are closed at once. */
    private static final int MOST_CONNECTIONS = 256;

    private static final int IDLE_MILLIS = 10_000;
    private static final int LARGEST_QUESTION = 4096;

    private final Responder responder;
    private final DatagramSocket datagrams;
    private final ServerSocket connections;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dns-", 0).factory());
    private final Semaphore questionRoom = new Semaphore(MOST_QUESTIONS);
    private final Semaphore connectionRoom = new Semaphore(MOST_CONNECTIONS);

    private DnsServer(Responder responder, DatagramSocket datagrams, ServerSocket connections) {
        this.responder = responder;
        this.datagrams = datagrams;
        this.connections = connections;
    }

    /** Listens at this address by UDP and TCP; port 0 takes any free one for UDP, and the same for TCP. */
    static DnsServer open(InetSocketAddress address, Responder responder) throws IOException {
        DatagramSocket datagrams = new DatagramSocket(address);
        try {
            ServerSocket connections = new ServerSocket();
            connections.setReuseAddress(true);
            connections.bind(new InetSocketAddress(address.getAddress(), datagrams.getLocalPort()));
            var server = new DnsServer(responder, datagrams, connections);
            server.begin();
            return server;
        } catch (IOException taken) {
            datagrams.close();
            throw taken;
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) datagrams.getLocalSocketAddress();
    }

    private void begin() {
        try {
            datagrams.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
        } catch (IOException refused) {
            LOG.atDebug().log("the kernel keeps its own receive buffer size");
        }
        threads.execute(this::receive);
        threads.execute(this::accept);
    }

    private void receive() {
        byte[] buffer = new byte[LARGEST_QUESTION];
        while (!datagrams.isClosed()) {
            var packet = new DatagramPacket(buffer, buffer.length);
            try {
                datagrams.receive(packet);
            } catch (IOException failure) {
                LOG.atDebug().setCause(failure).log("no question was received");
                continue;
            }
            byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
            if (questionRoom.tryAcquire()) {
                execute(questionRoom, () -> answer(question, packet));
            }
        }
    }

    private void execute(Semaphore room, Runnable task) {
        threads.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException failure) {
                LOG.atWarn().setCause(failure).log("a DNS question was not answered");
            } finally {
                room.release();
            }
        });
    }

    private void answer(byte[] question, DatagramPacket from) {
        responder.respond(question, Transport.UDP).ifPresent(answer -> {
            try {
                datagrams.send(new DatagramPacket(answer, answer.length, from.getSocketAddress()));
            } catch (IOException gone) {
                LOG.atDebug().setCause(gone).log("an answer could not be sent");
            }
        });
    }

    private void accept() {
        while (!connections.isClosed()) {
            try {
                Socket socket = connections.accept();
                if (connectionRoom.tryAcquire()) {
                    execute(connectionRoom, () -> converse(socket));
                } else {
                    socket.close();
                }
            } catch (IOException failure) {
                LOG.atDebug().setCause(failure).log("no connection was accepted");
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setSoTimeout(IDLE_MILLIS);
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
            while (true) {
                byte[] question = new byte[in.readUnsignedShort()];
                in.readFully(question);
                byte[] answer = responder.respond(question, Transport.TCP).orElse(new byte[0]);
                if (answer.length == 0) {
                    return;
                }
                socket.getOutputStream()
                        .write(ByteBuffer.allocate(answer.length + 2)
                                .putShort((short) answer.length)
                                .put(answer)
                                .array());
            }
        } catch (IOException ended) {
            // The caller is done, or was silent for too long.
            LOG.atTrace().log("connection ended");
        }
    }

    @Override
    public void close() {
        datagrams.close();
        try {
            connections.close();
        } catch (IOException failure) {
            LOG.atDebug().setCause(failure).log("the TCP door did not close cleanly");
        }
        threads.shutdownNow();
    }
}
