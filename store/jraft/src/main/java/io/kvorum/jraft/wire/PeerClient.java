package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import io.kvorum.raft.Durations;
import io.kvorum.raft.MemberId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The asking side of a member, as the consensus library wants it. Any thread. */
public final class PeerClient implements RpcClient {
    private static final long SWEEP_MILLIS = 50;
    /** A handshake on a starved machine takes seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final PeerNetwork network;
    private final Map<String, PeerLink> links = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private volatile @Nullable ReplicatorGroup replicators;
    private volatile Runnable onQuiet = () -> {};
    private volatile Consumer<PeerId> onConnected = _ -> {};
    private volatile boolean stopped;

    public PeerClient(PeerNetwork network) {
        this.network = network;
    }

    @Override
    public boolean init(RpcOptions options) {
        return true;
    }

    @Override
    public void shutdown() {
        stopped = true;
        links.values().forEach(PeerLink::close);
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup group) {
        replicators = group;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return link(endpoint).isReady();
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        PeerLink link = link(endpoint);
        if (createIfAbsent) {
            link.connect();
        }
        return link.isReady();
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        PeerLink link = links.remove(endpoint.toString());
        if (link != null) {
            link.close();
        }
    }

    private PeerLink link(Endpoint endpoint) {
        return links.computeIfAbsent(endpoint.toString(), name -> {
            PeerId peer = new PeerId(endpoint, 0);
            return new PeerLink(network, peer, PATIENCE, () -> connected(peer), () -> onQuiet.run());
        });
    }

    /** The library starts replicating to a peer it could not reach before; that takes its locks, so not on a network thread. */
    private void connected(PeerId peer) {
        ReplicatorGroup group = replicators;
        if (group != null && !stopped) {
            network.workers().execute(() -> {
                onConnected.accept(peer);
                group.checkReplicator(peer, true);
            });
        }
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMs)
            throws InterruptedException, RemotingException {
        PeerLink link = link(endpoint);
        // The library calls this with its lock held: wait for a first connection only, fail at once otherwise.
        link.awaitFirst(Duration.ofMillis(timeoutMs));
        var answer = new CompletableFuture<Object>();
        invokeAsync(
                endpoint,
                request,
                context,
                (result, failure) -> {
                    if (failure == null) {
                        answer.complete(result);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                },
                timeoutMs);
        try {
            return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new RemotingException(e.getCause());
        } catch (TimeoutException _) {
            throw new InvokeTimeoutException("no answer from %s within %d ms".formatted(endpoint, timeoutMs));
        }
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            @Nullable InvokeContext context,
            InvokeCallback callback,
            long timeoutMs) {
        Executor executor = callback.executor() == null ? network.workers() : callback.executor();
        ask(endpoint, (Message) request, Duration.ofMillis(timeoutMs), new Answer() {
            @Override
            public void arrived(Message answer) {
                executor.execute(() -> callback.complete(answer, null));
            }

            @Override
            public void failed(AskFailed failure) {
                RemotingException cause = failure.reach() == AskFailed.Reach.TIMED_OUT
                        ? new InvokeTimeoutException(failure.getMessage())
                        : new RemotingException(failure.getMessage());
                executor.execute(() -> callback.complete(null, cause));
            }
        });
    }

    /** Asks a peer one of this product's own questions; the answer or an {@link AskFailed} ends the future. */
    public CompletableFuture<Message> ask(PeerId peer, Message request, Duration timeout) {
        var answered = new CompletableFuture<Message>();
        ask(peer.getEndpoint(), request, timeout, new Answer() {
            @Override
            public void arrived(Message answer) {
                answered.completeAsync(() -> answer, network.workers());
            }

            @Override
            public void failed(AskFailed failure) {
                network.workers().execute(() -> answered.completeExceptionally(failure));
            }
        });
        return answered;
    }

    /** How long each peer took to answer votes and heartbeats, in the order of their ids. */
    public Map<MemberId, Durations> roundTrips() {
        Map<MemberId, Durations> all = new TreeMap<>(Comparator.comparing(MemberId::value, Long::compareUnsigned));
        links.values().forEach(link -> all.put(link.peer(), link.roundTrips()));
        return all;
    }

    /** Calls back, on a thread of the network, whenever the last entries on their way to some peer were answered. */
    public void whenQuiet(Runnable callback) {
        onQuiet = callback;
    }

    /** Calls back whenever a connection to a peer stands. */
    public void whenConnected(Consumer<PeerId> callback) {
        onConnected = callback;
    }

    /** Breaks all connections; those that may be made again are made when they are needed. */
    public void dropAll(String reason) {
        links.values().forEach(link -> link.drop(reason));
    }

    /** Dials those anew that were not reached where they were thought to be. */
    public void dialAnew(List<MemberId> moved) {
        links.forEach((name, link) -> {
            if (!stopped && moved.contains(PeerName.id(name))) {
                link.dialAnew();
            }
        });
    }

    /** Whether the peer can be reached and no entries are on their way to it. */
    public boolean isQuiet(PeerId peer) {
        PeerLink link = link(peer.getEndpoint());
        return link.isReady() && !link.hasAppendsUnderWay();
    }

    private void ask(Endpoint endpoint, Message request, Duration timeout, Answer answer) {
        link(endpoint).ask(request, System.nanoTime() + timeout.toNanos(), answer);
        sweepSoon();
    }

    /** One timer for all requests, and none while nothing is asked: an idle lone member must not wake up for it. */
    private void sweepSoon() {
        if (!stopped && sweeping.compareAndSet(false, true)) {
            network.timers().schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        sweeping.set(false);
        long now = System.nanoTime();
        boolean more = false;
        for (PeerLink link : links.values()) {
            more |= link.expire(now);
        }
        if (more) {
            sweepSoon();
        }
    }
}
