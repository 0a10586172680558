package io.kvorum.etcdserver;

import io.etcd.jetcd.api.CampaignRequest;
import io.etcd.jetcd.api.CampaignResponse;
import io.etcd.jetcd.api.ElectionGrpc;
import io.etcd.jetcd.api.LeaderKey;
import io.etcd.jetcd.api.LeaderRequest;
import io.etcd.jetcd.api.LeaderResponse;
import io.etcd.jetcd.api.ProclaimRequest;
import io.etcd.jetcd.api.ProclaimResponse;
import io.etcd.jetcd.api.ResignRequest;
import io.etcd.jetcd.api.ResignResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.Allowance;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** etcd's Election service. Any thread; a campaign blocks until it is won. */
final class ElectionService extends ElectionGrpc.ElectionImplBase {
    private static final Duration LOOK_UP = Duration.ofMillis(500);
    private static final long OWN_LEASE_SECONDS = 60;

    private final EmbeddedStore store;
    private final Headers headers;
    private final Queue queue;
    private final RandomGenerator random;

    ElectionService(EmbeddedStore store, Headers headers, Gate gate, RandomGenerator random) {
        this.store = store;
        this.headers = headers;
        this.queue = new Queue(store, gate);
        this.random = random;
    }

    @Override
    public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> caller) {
        Unary.answerAsClient(caller, () -> {
            LeaseId lease = request.getLease() == 0 ? ownLease() : new LeaseId(request.getLease());
            Bytes name = Wire.bytes(request.getName());
            Bytes value = Wire.bytes(request.getValue());
            Queue.Place place = queue.enter(name, lease, value);
            if (!place.isNew() && !place.value().equals(value)) {
                proclaim(place.key(), place.created(), lease, value);
            }
            queue.awaitTurn(name, place);
            return CampaignResponse.newBuilder()
                    .setHeader(headers.now())
                    .setLeader(LeaderKey.newBuilder()
                            .setName(request.getName())
                            .setKey(Wire.text(place.key().bytes()))
                            .setRev(place.created().value())
                            .setLease(lease.value()))
                    .build();
        });
    }

    private LeaseId ownLease() {
        LeaseId lease = new LeaseId(random.nextLong(1, Long.MAX_VALUE));
        store.leases().grant(lease, OWN_LEASE_SECONDS, Allowance.ANYONE);
        return lease;
    }

    private void proclaim(Key key, Revision created, LeaseId lease, Bytes value) {
        if (!queue.write(key, created, lease, value)) {
            throw Problem.ELECTION_NOT_LEADER.exception();
        }
    }

    @Override
    public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> caller) {
        Unary.answerAsClient(caller, () -> {
            LeaderKey leader = given(request.hasLeader(), request.getLeader());
            proclaim(
                    new Key(Wire.bytes(leader.getKey())),
                    new Revision(leader.getRev()),
                    new LeaseId(leader.getLease()),
                    Wire.bytes(request.getValue()));
            return ProclaimResponse.newBuilder().setHeader(headers.now()).build();
        });
    }

    private static LeaderKey given(boolean isGiven, LeaderKey leader) {
        if (!isGiven || leader.getKey().isEmpty()) {
            throw Problem.LEADER_KEY_MISSING.exception();
        }
        return leader;
    }

    @Override
    public void leader(LeaderRequest request, StreamObserver<LeaderResponse> caller) {
        Unary.answerAsClient(caller, () -> {
            KeyValue leader =
                    queue.first(Wire.bytes(request.getName())).orElseThrow(Problem.ELECTION_NO_LEADER::exception);
            return LeaderResponse.newBuilder()
                    .setHeader(headers.now())
                    .setKv(Wire.item(leader))
                    .build();
        });
    }

    /** Tells who leads, and again whenever that or what it proclaims changes, until the caller goes away. */
    @Override
    public void observe(LeaderRequest request, StreamObserver<LeaderResponse> caller) {
        ServerCallStreamObserver<LeaderResponse> stream = (ServerCallStreamObserver<LeaderResponse>) caller;
        Unary.outliveCaller(caller);
        try {
            observe(Wire.bytes(request.getName()), stream);
        } catch (StoreException e) {
            caller.onError(Failures.answer(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            caller.onError(Problem.STOPPED.exception());
        }
    }

    private void observe(Bytes name, ServerCallStreamObserver<LeaderResponse> caller) throws InterruptedException {
        KeyRange all = KeyRange.prefix(new Key(Queue.prefix(name)));
        Revision told = Revision.ZERO;
        while (!caller.isCancelled()) {
            Revision now = store.revision();
            Optional<KeyValue> leader = queue.first(name);
            if (leader.isPresent() && told.isBefore(leader.get().modified())) {
                told = leader.get().modified();
                caller.onNext(LeaderResponse.newBuilder()
                        .setHeader(headers.at(now))
                        .setKv(Wire.item(leader.get()))
                        .build());
            }
            awaitChange(new WatchRequest(all, new Revision(now.value() + 1), false), caller);
        }
    }

    private void awaitChange(WatchRequest request, ServerCallStreamObserver<LeaderResponse> caller)
            throws InterruptedException {
        try (WatchStream watch = store.watch(request)) {
            while (!caller.isCancelled()) {
                var batch = watch.next(LOOK_UP);
                if (batch.isPresent() && !batch.get().events().isEmpty()) {
                    return;
                }
            }
        } catch (StoreException.Compacted e) {
            // Looked at anew by the caller of this method.
        }
    }

    @Override
    public void resign(ResignRequest request, StreamObserver<ResignResponse> caller) {
        Unary.answerAsClient(caller, () -> {
            LeaderKey leader = given(request.hasLeader(), request.getLeader());
            queue.leave(new Key(Wire.bytes(leader.getKey())), new Revision(leader.getRev()));
            return ResignResponse.newBuilder().setHeader(headers.now()).build();
        });
    }
}
