package io.kvorum.etcdserver;

import io.etcd.jetcd.api.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The way out of a watch stream, shared by its watches. Events wait until the client takes them, on the courier's thread;
 * answers to the client's own requests do not wait, since there is one a request. Any thread.
 */
final class WatchOutlet {
    private static final long POLL_MILLIS = 5000;

    private final ServerCallStreamObserver<WatchResponse> caller;
    private final WatchTally tally;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ready = lock.newCondition();
    private boolean isOver;

    WatchOutlet(ServerCallStreamObserver<WatchResponse> caller, WatchTally tally) {
        this.caller = caller;
        this.tally = tally;
        caller.setOnReadyHandler(this::signalAll);
    }

    /** Must be called while the call is being accepted. */
    void onGone(Runnable act) {
        caller.setOnCancelHandler(() -> {
            act.run();
            signalAll();
        });
    }

    private void signalAll() {
        lock.lock();
        try {
            ready.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void answer(WatchResponse response) {
        lock.lock();
        try {
            if (!isOver && !caller.isCancelled()) {
                caller.onNext(response);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the client takes more, then hands it over if that is still wanted. */
    void deliver(WatchResponse response, BooleanSupplier isWanted) throws InterruptedException {
        lock.lock();
        try {
            if (mustWait(isWanted)) {
                tally.waits();
                try {
                    awaitReady(isWanted);
                } finally {
                    tally.waitsNoMore();
                }
            }
            if (isWanted.getAsBoolean() && !isOver && !caller.isCancelled()) {
                tally.carried(response.getEventsCount());
                caller.onNext(response);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean mustWait(BooleanSupplier isWanted) {
        return !caller.isReady() && isWanted.getAsBoolean() && !isOver && !caller.isCancelled();
    }

    private void awaitReady(BooleanSupplier isWanted) throws InterruptedException {
        while (mustWait(isWanted)) {
            // The poll is for a watch that is cancelled meanwhile; readiness is signalled.
            boolean ignored = ready.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void complete() {
        lock.lock();
        try {
            if (!isOver && !caller.isCancelled()) {
                caller.onCompleted();
            }
            isOver = true;
        } finally {
            lock.unlock();
        }
        signalAll();
    }

    void fail(StatusRuntimeException failure) {
        lock.lock();
        try {
            if (!isOver && !caller.isCancelled()) {
                caller.onError(failure);
            }
            isOver = true;
        } finally {
            lock.unlock();
        }
        signalAll();
    }
}
