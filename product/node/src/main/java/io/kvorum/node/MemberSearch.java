package io.kvorum.node;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the members of a site that was renumbered while it was off find each other: who misses a leader calls its address
 * into the local network, and whoever hears a member of its own cluster tries that address as well. The wrong one does no
 * harm, since members prove to each other who they are. Two threads of its own.
 */
final class MemberSearch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberSearch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    /** Networks of so few addresses have no broadcast. */
    private static final int POINT_TO_POINT = 31;

    private final Beacon own;
    private final byte[] secret;
    private final Supplier<Leadership> leadership;
    private final BiConsumer<MemberId, InetSocketAddress> heard;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<DatagramSocket> sockets = new ArrayList<>();

    /** @param secret known to the servers of this cluster alone */
    MemberSearch(
            Beacon own, byte[] secret, Supplier<Leadership> leadership, BiConsumer<MemberId, InetSocketAddress> heard) {
        this.own = own;
        this.secret = secret.clone();
        this.leadership = leadership;
        this.heard = heard;
    }

    /** Where there is nothing to call into, such as on a network without broadcasts, it does nothing. */
    MemberSearch start() {
        try {
            Optional<InetAddress> broadcast = broadcast(own.address().getAddress());
            if (broadcast.isEmpty()) {
                LOG.atDebug().addKeyValue("address", own.address()).log("this address has no network to call into");
                return this;
            }
            callInto(new InetSocketAddress(broadcast.get(), own.address().getPort()));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log("members that were renumbered together would not find each other by themselves");
        }
        return this;
    }

    /** @param place a broadcast address */
    void callInto(InetSocketAddress place) throws IOException {
        var ear = new DatagramSocket(null);
        sockets.add(ear);
        ear.setReuseAddress(true);
        ear.bind(place); // hears broadcasts alone
        // what is bound to a broadcast address cannot send: its words would have no sender
        var voice = new DatagramSocket(new InetSocketAddress(own.address().getAddress(), 0));
        sockets.add(voice);
        voice.setBroadcast(true);
        Thread.ofPlatform().daemon().name("member-search-hear").start(() -> hear(ear));
        Thread.ofVirtual().name("member-search-call").start(() -> call(voice, place));
    }

    private static Optional<InetAddress> broadcast(InetAddress address) throws IOException {
        NetworkInterface link = NetworkInterface.getByInetAddress(address);
        if (link == null || link.isLoopback()) {
            return Optional.empty();
        }
        for (InterfaceAddress each : link.getInterfaceAddresses()) {
            if (each.getAddress().equals(address) && each.getNetworkPrefixLength() < POINT_TO_POINT) {
                return broadcast(address.getAddress(), each.getNetworkPrefixLength());
            }
        }
        return Optional.empty();
    }

    /** What an interface says of itself is empty where nobody said it with the address, as {@code ip addr add} does not. */
    static Optional<InetAddress> broadcast(byte[] address, int prefixLength) throws IOException {
        if (address.length != Integer.BYTES) {
            return Optional.empty(); // IPv6 has none
        }
        int host = -1 >>> prefixLength;
        int all = ByteBuffer.wrap(address).getInt() | host;
        return Optional.of(InetAddress.getByAddress(
                ByteBuffer.allocate(Integer.BYTES).putInt(all).array()));
    }

    private void call(DatagramSocket via, InetSocketAddress place) {
        byte[] words = own.sealed(secret);
        try {
            do {
                if (leadership.get().leader() == null) {
                    send(via, new DatagramPacket(words, words.length, place));
                }
            } while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(DatagramSocket via, DatagramPacket packet) {
        try {
            via.send(packet);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("could not call the other members");
        }
    }

    private void hear(DatagramSocket from) {
        byte[] room = new byte[Beacon.MOST_BYTES];
        while (closing.getCount() > 0) {
            var packet = new DatagramPacket(room, room.length);
            try {
                from.receive(packet);
            } catch (IOException e) {
                if (closing.getCount() > 0) {
                    LOG.atWarn().addKeyValue("reason", e.getMessage()).log("does not hear other members any more");
                }
                return;
            }
            heard(room, packet.getLength());
        }
    }

    void heard(byte[] bytes, int length) {
        Optional<Beacon> beacon = Beacon.open(bytes, length, secret)
                .filter(one ->
                        one.clusterId() == own.clusterId() && !one.member().equals(own.member()));
        if (beacon.isPresent()) {
            LOG.atDebug()
                    .addKeyValue("member", beacon.get().member())
                    .addKeyValue("address", beacon.get().address())
                    .log("heard another member");
            heard.accept(beacon.get().member(), beacon.get().address());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        sockets.forEach(DatagramSocket::close);
    }
}
