package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The asking end of one stream to a peer. Any thread may ask; answers arrive on the network's threads.
 *
 * <pre>
 *  opening --headers of a proven peer--> open --closed by either side--> closed
 * </pre>
 */
final class PeerStream {
    /** Requests that the connection does not take yet wait here; beyond this many bytes they fail at once. */
    private static final long WAITING_BYTES = 32L << 20;

    private enum Phase {
        OPENING,
        OPEN,
        CLOSED
    }

    /** What the stream tells its link, on a thread of the network. */
    interface Listener {
        /** Why the other end is not who it should be; null when it is. */
        @Nullable
        String refusal(io.grpc.Attributes connection, Metadata headers);

        void opened();

        void closed(String reason);

        void answered(long tookNanos);

        /** The last entries on their way were answered. */
        void quiet();
    }

    private record Pending(Answer answer, long askedNanos, long deadlineNanos, boolean isAppend) {}

    private final ClientCall<Frame, Frame> call;
    private final Listener listener;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger appends = new AtomicInteger();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    /** Guards the call, which takes one thread at a time, and what waits for it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Deque<Frame> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private volatile Phase phase = Phase.OPENING;
    private final AtomicInteger silentTimeouts = new AtomicInteger();

    PeerStream(ManagedChannel channel, Lane lane, Metadata headers, Listener listener) {
        this.call = channel.newCall(lane.method(), CallOptions.DEFAULT);
        this.listener = listener;
        call.start(new Inbound(), headers);
        call.request(64);
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** How many requests in a row got no answer in time while nothing else arrived either. */
    int silentTimeouts() {
        return silentTimeouts.get();
    }

    void ask(Message request, long deadlineNanos, Answer answer) {
        long id = ids.incrementAndGet();
        if (request instanceof RpcRequests.AppendEntriesRequest) {
            appends.incrementAndGet();
        }
        boolean isAppend = request instanceof RpcRequests.AppendEntriesRequest;
        pending.put(id, new Pending(answer, System.nanoTime(), deadlineNanos, isAppend));
        String refused = send(new Frame(id, request));
        if (refused != null && take(id) != null) {
            answer.failed(new AskFailed(AskFailed.Reach.NOT_SENT, refused));
        }
    }

    boolean hasAppendsUnderWay() {
        return appends.get() > 0;
    }

    /** Who asked, once; null when the answer came already. */
    private @Nullable Pending take(Long id) {
        Pending asked = pending.remove(id);
        if (asked != null && asked.isAppend() && appends.decrementAndGet() == 0) {
            listener.quiet();
        }
        return asked;
    }

    /** Why the frame was not taken; null when it was. */
    private @Nullable String send(Frame frame) {
        lock.lock();
        try {
            if (phase != Phase.OPEN) {
                return "the stream to the peer is not open";
            }
            if (waiting.isEmpty() && call.isReady()) {
                call.sendMessage(frame);
                return null;
            }
            int size = frame.message().getSerializedSize();
            if (waitingBytes + size > WAITING_BYTES) {
                return "%d bytes wait for the peer to take them".formatted(waitingBytes);
            }
            waitingBytes += size;
            waiting.add(frame);
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void sendWaiting() {
        lock.lock();
        try {
            while (phase == Phase.OPEN && call.isReady() && !waiting.isEmpty()) {
                Frame frame = waiting.remove();
                waitingBytes -= frame.message().getSerializedSize();
                call.sendMessage(frame);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the wait of requests whose time is over; true when more are waiting. */
    boolean expire(long nowNanos) {
        for (Map.Entry<Long, Pending> next : pending.entrySet()) {
            if (next.getValue().deadlineNanos() - nowNanos <= 0 && take(next.getKey()) != null) {
                silentTimeouts.incrementAndGet();
                next.getValue().answer().failed(new AskFailed(AskFailed.Reach.TIMED_OUT, "no answer in time"));
            }
        }
        return !pending.isEmpty();
    }

    void close(String reason) {
        lock.lock();
        try {
            call.cancel(reason, null);
        } finally {
            lock.unlock();
        }
        closed(reason);
    }

    private void closed(String reason) {
        Deque<Frame> unsent;
        lock.lock();
        try {
            if (phase == Phase.CLOSED) {
                return;
            }
            phase = Phase.CLOSED;
            unsent = new ArrayDeque<>(waiting);
            waiting.clear();
            waitingBytes = 0;
        } finally {
            lock.unlock();
        }
        for (Frame frame : unsent) {
            fail(frame.id(), AskFailed.Reach.NOT_SENT, reason);
        }
        for (Long id : pending.keySet()) {
            fail(id, AskFailed.Reach.MAYBE_SENT, reason);
        }
        listener.closed(reason);
    }

    private void fail(Long id, AskFailed.Reach reach, String reason) {
        Pending asked = take(id);
        if (asked != null) {
            asked.answer().failed(new AskFailed(reach, reason));
        }
    }

    private final class Inbound extends ClientCall.Listener<Frame> {
        @Override
        public void onHeaders(Metadata headers) {
            String refused = listener.refusal(call.getAttributes(), headers);
            if (refused != null) {
                close(refused);
                return;
            }
            lock.lock();
            try {
                if (phase == Phase.OPENING) {
                    phase = Phase.OPEN;
                }
            } finally {
                lock.unlock();
            }
            listener.opened();
        }

        @Override
        public void onMessage(Frame frame) {
            call.request(1);
            silentTimeouts.set(0);
            Pending asked = phase == Phase.OPENING ? null : take(frame.id());
            if (asked != null) {
                listener.answered(System.nanoTime() - asked.askedNanos());
                asked.answer().arrived(frame.message());
            }
        }

        @Override
        public void onReady() {
            sendWaiting();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            String text = status.getDescription();
            Throwable cause = status.getCause();
            closed(status.getCode() + (text == null ? "" : ": " + text) + (cause == null ? "" : ", " + cause));
        }
    }
}
