package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.Message;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.kvorum.jraft.wire.proto.ForwardRequest;
import io.kvorum.raft.MemberId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answering end of one stream from a proven peer. Requests arrive on a network thread, answers come from any. */
final class ServedStream extends ServerCall.Listener<Frame> implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(ServedStream.class);

    private final MemberId peer;
    private final ServerCall<Frame, Frame> call;
    private final PeerServer server;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    /** Guards the call, which takes one thread at a time. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean ended;

    ServedStream(MemberId peer, ServerCall<Frame, Frame> call, PeerServer server) {
        this.peer = peer;
        this.call = call;
        this.server = server;
        call.request(64);
    }

    @Override
    public void onMessage(Frame frame) {
        call.request(1);
        Message request = frame.message();
        if (!isFromPeer(request)) {
            LOG.atWarn().addKeyValue("peer", peer).log("refused a message that a peer sent in another member's name");
            abort("the message names another member as its sender");
            return;
        }
        var processor = server.processorOf(request);
        if (processor == null) {
            answer(frame.id(), error(RaftError.EINVAL, "this message is not a request"));
            return;
        }
        hand(frame.id(), request, processor);
    }

    private boolean isFromPeer(Message request) {
        String claimed = MessageType.claimedSender(request);
        try {
            return claimed == null || PeerName.id(claimed).equals(peer);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private void hand(long id, Message request, RpcProcessor<Message> processor) {
        if (request instanceof ForwardRequest || request instanceof RpcRequests.ReadIndexRequest) {
            server.asked();
        }
        try {
            executorOf(request, processor).execute(() -> handle(id, request, processor));
        } catch (RejectedExecutionException _) {
            answer(id, error(RaftError.EBUSY, "too many requests wait at this member"));
        }
    }

    private void handle(long id, Message request, RpcProcessor<Message> processor) {
        try {
            processor.handleRequest(new Reply(id), request);
        } catch (RuntimeException e) {
            LOG.atDebug().addKeyValue("peer", peer).setCause(e).log("a request failed");
            answer(id, error(RaftError.EINTERNAL, String.valueOf(e.getMessage())));
        }
    }

    private Executor executorOf(Message request, RpcProcessor<Message> processor) {
        // The library keeps one thread per peer for entries, since their order matters; it asks for a header to choose
        // it.
        if (request instanceof RpcRequests.AppendEntriesRequest append && processor.executorSelector() != null) {
            var header = RpcRequests.AppendEntriesRequestHeader.newBuilder()
                    .setGroupId(append.getGroupId())
                    .setServerId(append.getServerId())
                    .setPeerId(append.getPeerId())
                    .build();
            return processor.executorSelector().select(RpcRequests.AppendEntriesRequest.class.getName(), header);
        }
        return processor.executor() == null ? server.defaultExecutor() : processor.executor();
    }

    private static Message error(RaftError error, String text) {
        return RpcRequests.ErrorResponse.newBuilder()
                .setErrorCode(error.getNumber())
                .setErrorMsg(text)
                .build();
    }

    private void answer(long id, Message answer) {
        lock.lock();
        try {
            if (!ended && !call.isCancelled()) {
                call.sendMessage(new Frame(id, answer));
            }
        } catch (IllegalStateException e) {
            LOG.atDebug().addKeyValue("peer", peer).setCause(e).log("an answer came after the stream had ended");
        } finally {
            lock.unlock();
        }
    }

    private void abort(String reason) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                call.close(Status.PERMISSION_DENIED.withDescription(reason), new io.grpc.Metadata());
            }
        } finally {
            lock.unlock();
        }
        server.ended(this);
    }

    void drop(String reason) {
        abort(reason);
    }

    @Override
    public void onHalfClose() {
        abort("closed by the peer");
    }

    @Override
    public void onCancel() {
        ended = true;
        server.ended(this);
    }

    @Override
    public void onComplete() {
        ended = true;
        server.ended(this);
    }

    @Override
    public @Nullable Object getAttribute(String key) {
        return attributes.get(key);
    }

    @Override
    public void setAttribute(String key, Object value) {
        attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(String key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public void close() {
        abort("closed by this member");
    }

    @Override
    public String toString() {
        return "%016x".formatted(peer.value());
    }

    private final class Reply implements RpcContext {
        private final long id;

        Reply(long id) {
            this.id = id;
        }

        @Override
        public void sendResponse(Object response) {
            answer(id, (Message) response);
        }

        @Override
        public Connection getConnection() {
            return ServedStream.this;
        }

        @Override
        public String getRemoteAddress() {
            return ServedStream.this.toString();
        }
    }
}
