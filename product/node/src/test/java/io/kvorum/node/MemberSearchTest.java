package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemberSearchTest {
    private static final byte[] SECRET = "of these servers".getBytes(StandardCharsets.US_ASCII);
    private static final long CLUSTER = 0xfedc_ba98_7654_3210L;

    private final List<String> heard = new ArrayList<>();
    private final MemberSearch search = new MemberSearch(
            beacon(CLUSTER, 1, "10.0.0.1"),
            SECRET,
            () -> new Leadership(0, null, false),
            (member, address) -> heard.add(member + " " + address.getHostString()));

    private static Beacon beacon(long cluster, long member, String address) {
        return new Beacon(cluster, new MemberId(member), new InetSocketAddress(address, 2380));
    }

    private void hear(Beacon beacon, byte[] secret) {
        byte[] bytes = beacon.sealed(secret);
        search.heard(bytes, bytes.length);
    }

    @Test
    void aMemberOfTheSameClusterIsHeard() {
        hear(beacon(CLUSTER, 2, "10.0.0.2"), SECRET);
        hear(beacon(CLUSTER, 3, "fd00:0:0:0:0:0:0:3"), SECRET);

        assertThat(heard).containsExactly(new MemberId(2) + " 10.0.0.2", new MemberId(3) + " fd00:0:0:0:0:0:0:3");
    }

    @Test
    void whoDoesNotKnowTheServersSecretIsNotHeard() {
        hear(beacon(CLUSTER, 2, "10.0.0.2"), "guessed".getBytes(StandardCharsets.US_ASCII));

        assertThat(heard).isEmpty();
    }

    @Test
    void anotherClusterAndItsOwnVoiceAreNotHeard() {
        hear(beacon(7, 2, "10.0.0.2"), SECRET);
        hear(beacon(CLUSTER, 1, "10.0.0.1"), SECRET);

        assertThat(heard).isEmpty();
    }

    @Test
    void whatWasChangedOnTheWayIsNotHeard() {
        byte[] good = beacon(CLUSTER, 2, "10.0.0.2").sealed(SECRET);
        assertThat(good.length).isLessThan(Beacon.MOST_BYTES);
        for (int at = 0; at < good.length; at++) {
            byte[] changed = good.clone();
            changed[at] ^= 1;
            search.heard(changed, changed.length);
        }
        search.heard(good, good.length - 1);
        search.heard(new byte[0], 0);

        assertThat(heard).isEmpty();
    }

    @Test
    void theWholeNetworkIsCalledWhateverItsSize() throws Exception {
        assertThat(broadcast("10.84.0.41", 24)).isEqualTo("10.84.0.255");
        assertThat(broadcast("192.168.17.5", 20)).isEqualTo("192.168.31.255");
        assertThat(broadcast("10.1.2.3", 8)).isEqualTo("10.255.255.255");
        assertThat(MemberSearch.broadcast(InetAddress.ofLiteral("fd00::1").getAddress(), 64))
                .isEmpty();
    }

    private static String broadcast(String address, int prefixLength) throws Exception {
        return MemberSearch.broadcast(InetAddress.ofLiteral(address).getAddress(), prefixLength)
                .orElseThrow()
                .getHostAddress();
    }

    @Test
    void membersThatMissALeaderHearEachOther() throws Exception {
        var atFirst = new LinkedBlockingQueue<MemberId>();
        var atSecond = new LinkedBlockingQueue<MemberId>();
        var place = new InetSocketAddress("127.255.255.255", freePort());
        try (MemberSearch first = searching(1, atFirst);
                MemberSearch second = searching(2, atSecond)) {
            first.callInto(place);
            second.callInto(place);

            assertThat(atFirst.poll(20, TimeUnit.SECONDS)).isEqualTo(new MemberId(2));
            assertThat(atSecond.poll(20, TimeUnit.SECONDS)).isEqualTo(new MemberId(1));
        }
    }

    private static MemberSearch searching(long member, BlockingQueue<MemberId> found) {
        return new MemberSearch(
                beacon(CLUSTER, member, "127.0.0.1"),
                SECRET,
                () -> new Leadership(0, null, false),
                (other, address) -> found.add(other));
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            return socket.getLocalPort();
        }
    }
}
