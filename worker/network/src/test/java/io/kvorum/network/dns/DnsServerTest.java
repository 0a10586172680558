package io.kvorum.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.network.Command;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The server over real sockets on the loopback. */
class DnsServerTest {
    private final MemoryCluster cluster = MemoryCluster.usual();
    private ForeignServer silent;
    private ForeignServer refusing;
    private ForeignServer knowing;
    private DnsServer server;

    @BeforeEach
    void start() throws IOException {
        silent = new ForeignServer(true, Rcode.NOERROR);
        refusing = new ForeignServer(false, Rcode.REFUSED);
        knowing = new ForeignServer(false, Rcode.NOERROR);
        var zone = new ClusterZone(
                cluster,
                Name.fromConstantString("cluster.local."),
                InetAddress.ofLiteral("10.43.0.10"),
                address -> false);
        var forwarder = new Forwarder(
                () -> List.of(silent.address(), refusing.address(), knowing.address()),
                Duration.ofMillis(300),
                InstantSource.system(),
                new Random(7));
        server = DnsServer.open(new InetSocketAddress("127.0.0.1", 0), new Responder(zone, forwarder, new Random(7)));
    }

    @AfterEach
    void stop() {
        server.close();
        silent.close();
        refusing.close();
        knowing.close();
    }

    @Test
    void aServiceIsFoundByDatagramAndByConnection() throws IOException {
        Message query = query("kubernetes.default.svc.cluster.local.", Type.A);

        for (Message answer : List.of(udp(query), tcp(query))) {
            assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
            assertThat(addresses(answer)).containsExactly("10.43.0.1");
            assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(5);
        }
    }

    @Test
    void aNameThatIsNotThereIsDeniedForAShortTime() throws IOException {
        Message answer = udp(query("nothing.default.svc.cluster.local.", Type.A));

        assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(answer.getSection(Section.AUTHORITY).getFirst())
                .isInstanceOfSatisfying(
                        SOARecord.class, zone -> assertThat(zone.getMinimum()).isEqualTo(5));
    }

    @Test
    void anAnswerTooLargeForADatagramIsCutAndWholeByConnection() throws IOException {
        for (int i = 0; i < 300; i++) {
            cluster.slice("shop", "db", null, "10.42.7." + (i % 256), true);
        }
        Message query = query("db.shop.svc.cluster.local.", Type.A);

        Message cut = udp(query);
        assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(cut.toWire().length).isLessThanOrEqualTo(512);
        assertThat(tcp(query).getSection(Section.ANSWER)).hasSize(258);
    }

    @Test
    void whoAnnouncesRoomGetsMoreByDatagram() throws IOException {
        for (int i = 0; i < 60; i++) {
            cluster.slice("shop", "db", null, "10.42.7." + i, true);
        }
        Message query = query("db.shop.svc.cluster.local.", Type.A);
        query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);

        Message answer = udp(query);

        assertThat(answer.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(answer.getOPT()).isNotNull();
        assertThat(answer.getSection(Section.ANSWER)).hasSize(62);
    }

    @Test
    void otherNamesAreAskedForOutsideWhicheverServerAnswersAndOnlyOnce() throws IOException {
        Message query = query("www.example.org.", Type.A);

        assertThat(addresses(udp(query))).containsExactly(ForeignServer.ANSWER);
        assertThat(addresses(udp(query))).containsExactly(ForeignServer.ANSWER);

        assertThat(knowing.questions()).isEqualTo(1);
        assertThat(refusing.questions()).isEqualTo(1);
    }

    @Test
    void anExternalNameIsFollowedWithinTheClusterAndOutside() throws IOException {
        Message outside = udp(query("docs.shop.svc.cluster.local.", Type.A));
        assertThat(outside.getSection(Section.ANSWER).getFirst().rdataToString())
                .isEqualTo("docs.example.org.");
        assertThat(addresses(outside)).containsExactly(ForeignServer.ANSWER);

        assertThat(addresses(udp(query("alias.shop.svc.cluster.local.", Type.A))))
                .containsExactly("10.43.0.7");
    }

    @Test
    void whatIsNoQuestionIsRefusedOrIgnored() throws IOException {
        Message zoneTransfer = query("cluster.local.", Type.AXFR);
        assertThat(udp(zoneTransfer).getRcode()).isEqualTo(Rcode.REFUSED);

        Message future = query("cluster.local.", Type.A);
        future.addRecord(new OPTRecord(1232, 0, 9), Section.ADDITIONAL);
        assertThat(udp(future).getRcode()).isEqualTo(Rcode.BADVERS);

        byte[] garbage = new byte[40];
        Arrays.fill(garbage, (byte) 1);
        assertThat(new Message(exchange(garbage)).getRcode()).isEqualTo(Rcode.FORMERR);
    }

    @Test
    void digUnderstandsTheAnswers() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/dig")), "dig is not installed");
        String port = Integer.toString(server.address().getPort());

        assertThat(dig(port, "+short", "web.shop.svc.cluster.local")).isEqualTo("10.43.0.7\n");
        assertThat(dig(port, "+short", "+tcp", "web.shop.svc.cluster.local")).isEqualTo("10.43.0.7\n");
        assertThat(dig(port, "+short", "-x", "10.43.0.7")).isEqualTo("web.shop.svc.cluster.local.\n");
        assertThat(dig(port, "nothing.shop.svc.cluster.local"))
                .contains("status: NXDOMAIN")
                .contains("EDNS: version: 0");
        assertThat(dig(port, "+short", "example.org")).isEqualTo(ForeignServer.ANSWER + "\n");
    }

    private static String dig(String port, String... words) {
        var command = new java.util.ArrayList<>(List.of("dig", "@127.0.0.1", "-p", port, "+time=5"));
        command.addAll(List.of(words));
        return new Command(command, "", Duration.ofSeconds(20)).runOrThrow();
    }

    private static Message query(String name, int type) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
    }

    private Message udp(Message query) throws IOException {
        return new Message(exchange(query.toWire()));
    }

    private byte[] exchange(byte[] bytes) throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            socket.setSoTimeout(5000);
            socket.send(new DatagramPacket(bytes, bytes.length, server.address()));
            var packet = new DatagramPacket(new byte[8192], 8192);
            socket.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }
    }

    private Message tcp(Message query) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(server.address(), 5000);
            socket.setSoTimeout(5000);
            byte[] bytes = query.toWire();
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(bytes.length);
            out.write(bytes);
            var in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return new Message(answer);
        }
    }

    private static List<String> addresses(Message answer) {
        return answer.getSection(Section.ANSWER).stream()
                .filter(each -> each.getType() == Type.A)
                .map(Record::rdataToString)
                .toList();
    }
}
