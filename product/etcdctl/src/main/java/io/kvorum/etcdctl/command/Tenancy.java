package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.wire.Wire;
import java.util.concurrent.TimeUnit;

/**
 * A place in the queue under a name, as etcd's client library queues for locks and leaderships: a key of a lease, and the
 * holder is who has the oldest key. A thread of its own renews the lease; losing it interrupts the owner's thread.
 */
final class Tenancy implements AutoCloseable {
    private final Act act;
    private final Wire wire;
    private final ByteString prefix;
    private final long leaseId;
    private final long seconds;
    private final ByteString key;
    private final Thread renewer;
    private volatile boolean lost;
    private long revision;

    Tenancy(Act act, String name, long seconds) {
        this.act = act;
        this.seconds = seconds;
        this.wire = act.session.wire();
        this.prefix = ByteString.copyFromUtf8(name + "/");
        LeaseGrantRequest grant = LeaseGrantRequest.newBuilder().setTTL(seconds).build();
        this.leaseId =
                wire.write(channel -> act.lease(channel).leaseGrant(grant)).getID();
        this.key = prefix.concat(ByteString.copyFromUtf8("%x".formatted(leaseId)));
        Thread owner = Thread.currentThread();
        // its own connection: the choice among endpoints belongs to one thread
        Wire own = act.session.connect(act.session.flags().endpoints());
        this.renewer = Thread.ofVirtual().name("etcdctl-renewer").start(() -> renew(own, owner));
    }

    ByteString key() {
        return key;
    }

    /** The revision at which the key was made. */
    long revision() {
        return revision;
    }

    boolean lost() {
        return lost;
    }

    private void renew(Wire own, Thread owner) {
        LeaseKeepAliveRequest request =
                LeaseKeepAliveRequest.newBuilder().setID(leaseId).build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (own) {
            while (System.nanoTime() - end < 0) {
                TimeUnit.MILLISECONDS.sleep(Math.max(300, seconds * 1000 / 3));
                try {
                    var call = LeaseGrpc.newBlockingV2Stub(own.reachable()).leaseKeepAlive();
                    call.write(request);
                    var answer = call.read();
                    call.cancel("answered", null);
                    if (answer == null || answer.getTTL() <= 0) {
                        break;
                    }
                    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(answer.getTTL());
                } catch (StatusException | StatusRuntimeException _) {
                    // tried again at another endpoint while the lease may live
                }
            }
            lost = true;
            owner.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Queues with a value and waits for the turn. */
    void await(ByteString value) throws StatusException, InterruptedException {
        TxnResponse queued = enqueue(value);
        revision = queued.getSucceeded()
                ? queued.getHeader().getRevision()
                : queued.getResponses(0).getResponseRange().getKvs(0).getCreateRevision();
        while (true) {
            RangeResponse before = wire.read(channel -> act.kv(channel).range(lastBefore()));
            if (before.getKvsCount() == 0) {
                return;
            }
            awaitDeletion(before.getKvs(0).getKey(), before.getHeader().getRevision() + 1);
        }
    }

    private TxnResponse enqueue(ByteString value) {
        Compare absent = Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setCreateRevision(0)
                .build();
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(absent)
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(key)
                                .setValue(value)
                                .setLease(leaseId)))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build();
        return wire.write(channel -> act.kv(channel).txn(request));
    }

    private RangeRequest lastBefore() {
        return RangeRequest.newBuilder()
                .setKey(prefix)
                .setRangeEnd(Span.prefix(prefix).end())
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSortOrder(RangeRequest.SortOrder.DESCEND)
                .setLimit(1)
                .setMaxCreateRevision(revision - 1)
                .build();
    }

    private void awaitDeletion(ByteString watched, long from) throws StatusException, InterruptedException {
        WatchCreateRequest request = WatchCreateRequest.newBuilder()
                .setKey(watched)
                .setStartRevision(from)
                .build();
        try (WatchFeed feed = new WatchFeed(wire, request)) {
            while (true) {
                WatchResponse answer = feed.take();
                boolean deleted =
                        answer.getEventsList().stream().anyMatch(each -> each.getType() == Event.EventType.DELETE);
                if (deleted || answer.getCanceled()) {
                    return;
                }
            }
        }
    }

    /** Gives the place back, also when interrupted: the interruption is put off until that is done. */
    @Override
    public void close() {
        renewer.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            DeleteRangeRequest delete =
                    DeleteRangeRequest.newBuilder().setKey(key).build();
            var _ = wire.write(channel -> act.kv(channel).deleteRange(delete));
            LeaseRevokeRequest revoke =
                    LeaseRevokeRequest.newBuilder().setID(leaseId).build();
            var _ = wire.write(channel -> act.lease(channel).leaseRevoke(revoke));
        } catch (StatusRuntimeException e) {
            // the lease ends by itself: nothing more can be done, and an expired one is what was wanted
            if (e.getStatus().getCode() == Status.Code.INTERNAL) {
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
