package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.kvorum.etcdctl.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * One watch that survives the loss of its endpoint: it goes on at another one behind the last event seen. One thread
 * reads; another may ask for progress.
 */
final class WatchFeed implements AutoCloseable {
    private final Wire wire;
    private final WatchCreateRequest wanted;
    private volatile @Nullable BlockingClientCall<WatchRequest, WatchResponse> call;
    private long next;

    WatchFeed(Wire wire, WatchCreateRequest wanted) {
        this.wire = wire;
        this.wanted = wanted;
        this.next = wanted.getStartRevision();
    }

    /** The next answer with something to say: events, progress, or the end of the watch. */
    WatchResponse take() throws StatusException, InterruptedException {
        while (true) {
            try {
                BlockingClientCall<WatchRequest, WatchResponse> current = call == null ? open() : call;
                WatchResponse answer = current.read();
                if (answer == null) {
                    throw Status.UNAVAILABLE.withDescription("the watch ended").asException();
                }
                next = Math.max(next, following(answer));
                if (!answer.getCreated() || answer.getCanceled()) {
                    return answer;
                }
            } catch (StatusException e) {
                reopenLater(e.getStatus(), e);
            } catch (StatusRuntimeException e) {
                reopenLater(e.getStatus(), e.getStatus().asException());
            }
        }
    }

    private static long following(WatchResponse answer) {
        long following = answer.getHeader().getRevision() + 1;
        if (answer.getCreated() || answer.getEventsCount() == 0) {
            return answer.getCreated() ? 0 : following;
        }
        Event last = answer.getEvents(answer.getEventsCount() - 1);
        return last.getKv().getModRevision() + 1;
    }

    private BlockingClientCall<WatchRequest, WatchResponse> open() throws StatusException, InterruptedException {
        var opened = WatchGrpc.newBlockingV2Stub(wire.reachable()).watch();
        WatchCreateRequest from = wanted.toBuilder().setStartRevision(next).build();
        opened.write(WatchRequest.newBuilder().setCreateRequest(from).build());
        call = opened;
        return opened;
    }

    private void reopenLater(Status status, StatusException failure) throws StatusException {
        boolean lost = status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
        if (!lost) {
            throw failure;
        }
        call = null;
    }

    void askForProgress() throws StatusException, InterruptedException {
        var current = call;
        if (current != null) {
            current.write(WatchRequest.newBuilder()
                    .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                    .build());
        }
    }

    @Override
    public void close() {
        var current = call;
        if (current != null) {
            current.cancel("done", null);
        }
    }
}
