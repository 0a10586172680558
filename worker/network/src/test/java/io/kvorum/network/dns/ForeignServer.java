package io.kvorum.network.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server outside the cluster that knows one answer to every question, or keeps silent. */
final class ForeignServer implements AutoCloseable {
    static final String ANSWER = "198.51.100.7";

    private final DatagramSocket socket;
    private final AtomicInteger questions = new AtomicInteger();

    ForeignServer(boolean silent, int code) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
        if (!silent) {
            Thread.ofVirtual().start(() -> serve(code));
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    int questions() {
        return questions.get();
    }

    private void serve(int code) {
        try {
            while (!socket.isClosed()) {
                var packet = new DatagramPacket(new byte[4096], 4096);
                socket.receive(packet);
                Message query = new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                questions.incrementAndGet();
                byte[] answer = answer(query, code).toWire();
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException closed) {
            socket.close();
        }
    }

    private static Message answer(Message query, int code) {
        var answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.getHeader().setRcode(code);
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        if (code == Rcode.NOERROR && query.getQuestion().getType() == Type.A) {
            answer.addRecord(
                    new ARecord(query.getQuestion().getName(), DClass.IN, 300, InetAddress.ofLiteral(ANSWER)),
                    Section.ANSWER);
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
