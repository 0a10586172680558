package io.kvorum.etcdserver;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream whose caller wants a leader: it ends when there has been none for too long. The service learns of that as if
 * the caller had gone away. Any thread.
 */
final class LedCall<Q, A> extends SimpleForwardingServerCall<Q, A> implements LeaderWatch.Stream {
    private final LeaderWatch watch;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean isCut;
    private volatile boolean isClosed;
    private ServerCall.Listener<Q> listener = new ServerCall.Listener<>() {};

    private LedCall(ServerCall<Q, A> call, LeaderWatch watch) {
        super(call);
        this.watch = watch;
    }

    static <Q, A> ServerCall.Listener<Q> start(
            ServerCall<Q, A> call, LeaderWatch watch, Metadata headers, ServerCallHandler<Q, A> next) {
        LedCall<Q, A> led = new LedCall<>(call, watch);
        ServerCall.Listener<Q> served = next.startCall(led, headers);
        led.listener = served;
        watch.add(led);
        return led.new Ears(served);
    }

    @Override
    public void cut() {
        watch.remove(this);
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isCut = true;
            isClosed = true;
            delegate().close(Problem.NO_LEADER.exception().getStatus(), new Metadata());
        } finally {
            lock.unlock();
        }
        listener.onCancel();
    }

    @Override
    public void sendMessage(A message) {
        lock.lock();
        try {
            if (!isClosed) {
                super.sendMessage(message);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sendHeaders(Metadata headers) {
        lock.lock();
        try {
            if (!isClosed) {
                super.sendHeaders(headers);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        watch.remove(this);
        lock.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                super.close(status, trailers);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isCancelled() {
        return isCut || super.isCancelled();
    }

    /** Hears what comes from the caller, until the stream is cut. */
    private final class Ears extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
        private Ears(ServerCall.Listener<Q> delegate) {
            super(delegate);
        }

        @Override
        public void onMessage(Q message) {
            if (!isCut) {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!isCut) {
                super.onHalfClose();
            }
        }

        @Override
        public void onReady() {
            if (!isCut) {
                super.onReady();
            }
        }

        @Override
        public void onCancel() {
            watch.remove(LedCall.this);
            if (!isCut) {
                super.onCancel();
            }
        }

        @Override
        public void onComplete() {
            watch.remove(LedCall.this);
            if (!isCut) {
                super.onComplete();
            }
        }
    }
}
