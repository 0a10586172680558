package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.ConnectionClosedEventListener;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answering side of a member, as the consensus library wants it; it listens on the given address only. Any thread. */
public final class PeerServer implements RpcServer {
    private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);

    private static final int MOST_TOLD = 100;
    private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final PeerNetwork network;
    private final Map<String, Long> told = new ConcurrentHashMap<>();
    private final Map<String, RpcProcessor<Message>> processors = new ConcurrentHashMap<>();
    private final List<ConnectionClosedEventListener> closeListeners = new CopyOnWriteArrayList<>();
    private final Set<ServedStream> streams = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Server server;
    private volatile Runnable onAsked = () -> {};

    public PeerServer(PeerNetwork network) {
        this.network = network;
    }

    @Override
    public boolean init(@Nullable Void nothing) {
        try {
            server = network.serverBuilder().addService(service()).build().start();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("could not listen for peers: " + e.getMessage(), e);
        }
    }

    private ServerServiceDefinition service() {
        var service = ServerServiceDefinition.builder(Lane.SERVICE);
        for (Lane lane : Lane.values()) {
            service.addMethod(lane.method(), this::accept);
        }
        return service.build();
    }

    private ServerCall.Listener<Frame> accept(ServerCall<Frame, Frame> call, Metadata headers) {
        String refused = refusal(call, headers);
        if (refused != null) {
            tell(refused, call);
            call.close(Status.PERMISSION_DENIED.withDescription(refused), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        var stream = new ServedStream(member(headers, PeerLink.MEMBER), call, this);
        streams.add(stream);
        var own = new Metadata();
        own.put(PeerLink.CLUSTER, "%016x".formatted(network.cluster().id()));
        call.sendHeaders(own);
        return stream;
    }

    /** A peer tries again many times a second; it is told of once a minute. */
    private void tell(String refused, ServerCall<Frame, Frame> call) {
        long now = System.nanoTime();
        if (told.size() > MOST_TOLD) {
            told.clear();
        }
        Long before = told.get(refused);
        if (before == null || now - before > TELL_AGAIN_NANOS) {
            told.put(refused, now);
            LOG.atWarn()
                    .addKeyValue("from", call.getAttributes().get(io.grpc.Grpc.TRANSPORT_ATTR_REMOTE_ADDR))
                    .addKeyValue("reason", refused)
                    .log("refused a peer");
        }
    }

    private @Nullable String refusal(ServerCall<Frame, Frame> call, Metadata headers) {
        try {
            MemberId target = member(headers, PeerLink.TARGET);
            if (!target.equals(network.self())) {
                return "this is member %s, not %s".formatted(network.self(), target);
            }
            MemberId peer = member(headers, PeerLink.MEMBER);
            if (!network.authentication().isProven(call.getAttributes(), peer)) {
                return "the certificate does not speak for member " + peer;
            }
            return network.refusalOf(peer, headers);
        } catch (IllegalArgumentException e) {
            return "the headers name no member: " + e.getMessage();
        }
    }

    private static MemberId member(Metadata headers, Metadata.Key<String> key) {
        String text = headers.get(key);
        if (text == null) {
            throw new IllegalArgumentException(key.name() + " is missing");
        }
        return new MemberId(Long.parseUnsignedLong(text, 16));
    }

    @Nullable
    RpcProcessor<Message> processorOf(Message request) {
        return processors.get(request.getClass().getName());
    }

    /** Calls back, on a thread of the network, whenever a peer hands in an entry or asks how far to read. */
    public void whenAsked(Runnable callback) {
        onAsked = callback;
    }

    void asked() {
        onAsked.run();
    }

    Executor defaultExecutor() {
        return network.workers();
    }

    void ended(ServedStream stream) {
        if (!streams.remove(stream)) {
            return;
        }
        try {
            // The listeners take the library's locks and stop threads: not on a network thread.
            network.workers().execute(() -> closeListeners.forEach(l -> l.onClosed(stream.toString(), stream)));
        } catch (RejectedExecutionException _) {
            // Stopping: whoever listens is stopped too.
        }
    }

    /** Breaks all connections others made. */
    public void dropAll(String reason) {
        List.copyOf(streams).forEach(stream -> stream.drop(reason));
    }

    @Override
    public void registerConnectionClosedEventListener(ConnectionClosedEventListener listener) {
        closeListeners.add(listener);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void registerProcessor(RpcProcessor<?> processor) {
        processors.put(processor.interest(), (RpcProcessor<Message>) processor);
    }

    @Override
    public int boundPort() {
        Server running = server;
        return running == null ? -1 : running.getPort();
    }

    @Override
    public boolean isStarted() {
        return server != null;
    }

    @Override
    public void shutdown() {
        Server running = server;
        if (running != null) {
            running.shutdownNow();
        }
    }
}
