package io.kvorum.network.dns;

import io.kvorum.network.dns.Responder.Transport;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** One question to one server, from a port of its own and under a number of its own. Any thread; waits. */
final class UpstreamExchange {
    private static final int LARGEST_BYTES = 65_535;
    private static final int LARGEST_DATAGRAM = 8192;

    private final RandomGenerator chance;

    UpstreamExchange(RandomGenerator chance) {
        this.chance = chance;
    }

    /** The answer under the query's own number; an answer cut short is asked for again by TCP when the caller uses it. */
    Message ask(InetSocketAddress server, Message query, Transport transport, Duration timeout) throws IOException {
        Message onward = query.clone();
        onward.getHeader().setID(chance.nextInt(1 << 16));
        byte[] bytes = onward.toWire(LARGEST_BYTES);
        Message answer = transport == Transport.TCP
                ? overTcp(server, bytes, onward, timeout)
                : overUdp(server, bytes, onward, timeout);
        answer.getHeader().setID(query.getHeader().getID());
        return answer;
    }

    private static Message overUdp(InetSocketAddress server, byte[] bytes, Message query, Duration timeout)
            throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(server);
            channel.write(ByteBuffer.wrap(bytes));
            var packet = new DatagramPacket(new byte[LARGEST_DATAGRAM], LARGEST_DATAGRAM);
            while (true) {
                channel.socket().setSoTimeout(millisUntil(end));
                channel.socket().receive(packet);
                byte[] received = Arrays.copyOf(packet.getData(), packet.getLength());
                if (isNumbered(received, query)) {
                    return answering(new Message(received), query);
                }
                packet.setLength(LARGEST_DATAGRAM);
            }
        }
    }

    private static boolean isNumbered(byte[] bytes, Message query) {
        return bytes.length > 2
                && (((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff))
                        == query.getHeader().getID();
    }

    private static Message overTcp(InetSocketAddress server, byte[] bytes, Message query, Duration timeout)
            throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(server, millisUntil(end));
            socket.setSoTimeout(millisUntil(end));
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(bytes.length + 2)
                            .putShort((short) bytes.length)
                            .put(bytes)
                            .array());
            var in = new DataInputStream(socket.getInputStream());
            byte[] received = new byte[in.readUnsignedShort()];
            in.readFully(received);
            return answering(new Message(received), query);
        }
    }

    private static Message answering(Message answer, Message query) throws ProtocolException {
        boolean fits = answer.getHeader().getID() == query.getHeader().getID()
                && answer.getHeader().getFlag(Flags.QR)
                && query.getQuestion().equals(answer.getQuestion());
        if (!fits) {
            throw new ProtocolException("answer to another question: " + answer.getQuestion());
        }
        return answer;
    }

    private static int millisUntil(long end) throws SocketTimeoutException {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return Math.toIntExact(millis);
    }
}
