package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.Message;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.kvorum.raft.Durations;
import io.kvorum.raft.MemberId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one peer: both streams or none. It is made on demand and anew after it broke. Any thread; nothing
 * here blocks but {@link #awaitFirst}.
 */
final class PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

    static final Metadata.Key<String> MEMBER = Metadata.Key.of("kvorum-member", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> CLUSTER = Metadata.Key.of("kvorum-cluster", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> TARGET = Metadata.Key.of("kvorum-target", Metadata.ASCII_STRING_MARSHALLER);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** After this many requests without any sign of life a new connection is tried: the old one may lead nowhere. */
    private static final int SILENT_TIMEOUTS = 4;

    private final PeerNetwork network;
    private final PeerId name;
    private final MemberId peer;
    private final Duration patience;
    private final Runnable onReady;
    private final Runnable onQuiet;
    private final Durations roundTrips = Durations.ofRoundTrip();
    private final CountDownLatch firstTried = new CountDownLatch(1);
    private final AtomicReference<@Nullable Attempt> current = new AtomicReference<>();
    private volatile long lastAttemptNanos = System.nanoTime() - RETRY_NANOS;
    private volatile String lastFailure = "not connected yet";
    private volatile boolean closed;

    /** @param patience how long an attempt may take to get through to a member that answers */
    PeerLink(PeerNetwork network, PeerId name, Duration patience, Runnable onReady, Runnable onQuiet) {
        this.network = network;
        this.name = name;
        this.peer = PeerName.id(name);
        this.patience = patience;
        this.onReady = onReady;
        this.onQuiet = onQuiet;
    }

    MemberId peer() {
        return peer;
    }

    Durations roundTrips() {
        return roundTrips;
    }

    boolean isReady() {
        Attempt attempt = current.get();
        return attempt != null && attempt.isReady();
    }

    /** Starts to connect unless that is under way or was tried a moment ago. */
    void connect() {
        if (closed || current.get() != null || System.nanoTime() - lastAttemptNanos < RETRY_NANOS) {
            return;
        }
        Attempt attempt = new Attempt();
        if (current.compareAndSet(null, attempt)) {
            lastAttemptNanos = System.nanoTime();
            attempt.start();
        }
    }

    /** Waits for the very first attempt to end, so that a member that just started need not lose its first election. */
    void awaitFirst(Duration atMost) throws InterruptedException {
        connect();
        var _ = firstTried.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    void ask(Message request, long deadlineNanos, Answer answer) {
        Attempt attempt = current.get();
        if (attempt == null || !attempt.isReady()) {
            connect();
            answer.failed(new AskFailed(AskFailed.Reach.NOT_SENT, lastFailure));
            return;
        }
        Lane lane = MessageType.laneOf(request);
        attempt.stream(lane).ask(lane == Lane.CONTROL ? overtaking(attempt, request) : request, deadlineNanos, answer);
    }

    /**
     * A heartbeat says behind which entry it was sent. When it overtakes entries on the other stream, the follower would
     * deny having that one, and the leader would probe. So it then claims none, as the library itself has it when the
     * entry is compacted; the commit index travels with the entries.
     */
    private static Message overtaking(Attempt attempt, Message request) {
        return request instanceof RpcRequests.AppendEntriesRequest heartbeat
                        && attempt.stream(Lane.BULK).hasAppendsUnderWay()
                ? heartbeat.toBuilder().setPrevLogIndex(0).setPrevLogTerm(0).build()
                : request;
    }

    /** Whether entries are on their way to the peer and not answered yet. */
    boolean hasAppendsUnderWay() {
        Attempt attempt = current.get();
        return attempt != null && attempt.isReady() && attempt.stream(Lane.BULK).hasAppendsUnderWay();
    }

    /** Ends the wait of requests whose time is over; true when more are waiting. */
    boolean expire(long nowNanos) {
        Attempt attempt = current.get();
        return attempt != null && attempt.expire(nowNanos);
    }

    /** Gives up an attempt that stands nowhere yet, since there is a better address. */
    void dialAnew() {
        Attempt attempt = current.get();
        if (attempt != null && !attempt.isReady()) {
            attempt.end("the peer's address changed");
        }
        lastAttemptNanos = System.nanoTime() - RETRY_NANOS;
        connect();
    }

    /** Breaks the connection; the next request makes a new one. */
    void drop(String reason) {
        Attempt attempt = current.get();
        if (attempt != null) {
            attempt.end(reason);
        }
    }

    void close() {
        closed = true;
        drop("this member is stopping");
    }

    /** One connection, from the first try to its end. */
    private final class Attempt {
        private final InetSocketAddress address = network.addresses().toDial(name);
        private volatile @Nullable ManagedChannel channel;
        private volatile @Nullable Map<Lane, PeerStream> streams;
        private volatile boolean wasReady;

        void start() {
            ManagedChannel made = network.channelTo(address);
            channel = made;
            streams = Map.of(Lane.CONTROL, open(made, Lane.CONTROL), Lane.BULK, open(made, Lane.BULK));
            if (current.get() != this) {
                hangUp("given up before it began");
            } else if (isReady()) {
                ready();
            } else {
                network.timers().schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        /** Something may listen there that never answers. */
        private void giveUp() {
            if (!isReady()) {
                end("the peer did not answer within " + patience);
            }
        }

        private PeerStream open(ManagedChannel channel, Lane lane) {
            var headers = new Metadata();
            headers.put(MEMBER, "%016x".formatted(network.self().value()));
            headers.put(CLUSTER, "%016x".formatted(network.cluster().id()));
            headers.put(TARGET, "%016x".formatted(peer.value()));
            return new PeerStream(channel, lane, headers, new PeerStream.Listener() {
                @Override
                public void answered(long tookNanos) {
                    if (lane == Lane.CONTROL) {
                        roundTrips.note(tookNanos);
                    }
                }

                @Override
                public @Nullable String refusal(Attributes connection, Metadata headers) {
                    if (!network.authentication().isProven(connection, peer)) {
                        return "the peer's certificate does not speak for the member that was dialled";
                    }
                    return network.refusalOf(peer, headers);
                }

                @Override
                public void opened() {
                    if (isReady()) {
                        ready();
                    }
                }

                @Override
                public void closed(String reason) {
                    end(reason);
                }

                @Override
                public void quiet() {
                    if (lane == Lane.BULK) {
                        onQuiet.run();
                    }
                }
            });
        }

        boolean isReady() {
            var both = streams;
            return both != null && both.values().stream().allMatch(PeerStream::isOpen);
        }

        private void ready() {
            wasReady = true;
            firstTried.countDown();
            LOG.atDebug().addKeyValue("peer", peer).log("connected to peer");
            onReady.run();
        }

        PeerStream stream(Lane lane) {
            var both = streams;
            if (both == null) {
                throw new IllegalStateException("asked before the streams were made");
            }
            return Objects.requireNonNull(both.get(lane));
        }

        boolean expire(long nowNanos) {
            var both = streams;
            if (both == null) {
                return false;
            }
            boolean more = false;
            for (PeerStream stream : both.values()) {
                more |= stream.expire(nowNanos);
            }
            if (both.values().stream().anyMatch(stream -> stream.silentTimeouts() >= SILENT_TIMEOUTS)) {
                end("the peer gave no sign of life");
            }
            return more;
        }

        void end(String reason) {
            if (!current.compareAndSet(this, null)) {
                return;
            }
            if (!wasReady) {
                network.addresses().failed(name, address);
            }
            lastFailure = "%s (at %s:%d)".formatted(reason, address.getHostString(), address.getPort());
            firstTried.countDown();
            LOG.atDebug()
                    .addKeyValue("peer", peer)
                    .addKeyValue("reason", reason)
                    .log("connection to peer ended");
            hangUp(reason);
        }

        private void hangUp(String reason) {
            ManagedChannel made = channel;
            if (made != null) {
                made.shutdownNow();
            }
            var both = streams;
            if (both != null) {
                both.values().forEach(stream -> stream.close(reason));
            }
        }
    }
}
