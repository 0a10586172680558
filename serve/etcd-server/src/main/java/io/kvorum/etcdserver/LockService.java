package io.kvorum.etcdserver;

import io.etcd.jetcd.api.lock.LockGrpc;
import io.etcd.jetcd.api.lock.LockRequest;
import io.etcd.jetcd.api.lock.LockResponse;
import io.etcd.jetcd.api.lock.UnlockRequest;
import io.etcd.jetcd.api.lock.UnlockResponse;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.Allowance;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.util.List;
import java.util.random.RandomGenerator;

/** etcd's Lock service. Any thread; a call blocks until the lock is had. */
final class LockService extends LockGrpc.LockImplBase {
    /** As in etcd a lock without a lease gets one that nobody renews. */
    private static final long OWN_LEASE_SECONDS = 60;

    private final EmbeddedStore store;
    private final Headers headers;
    private final Gate gate;
    private final Queue queue;
    private final RandomGenerator random;

    LockService(EmbeddedStore store, Headers headers, Gate gate, RandomGenerator random) {
        this.store = store;
        this.headers = headers;
        this.gate = gate;
        this.queue = new Queue(store, gate);
        this.random = random;
    }

    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> caller) {
        Unary.answerAsClient(caller, () -> {
            LeaseId lease = request.getLease() == 0 ? ownLease() : new LeaseId(request.getLease());
            Bytes name = Wire.bytes(request.getName());
            Queue.Place place = queue.enter(name, lease, Bytes.EMPTY);
            queue.awaitTurn(name, place);
            if (!queue.isHeld(place)) {
                throw Problem.SESSION_EXPIRED.exception();
            }
            return LockResponse.newBuilder()
                    .setHeader(headers.now())
                    .setKey(Wire.text(place.key().bytes()))
                    .build();
        });
    }

    private LeaseId ownLease() {
        LeaseId lease = new LeaseId(random.nextLong(1, Long.MAX_VALUE));
        store.leases().grant(lease, OWN_LEASE_SECONDS, Allowance.ANYONE);
        return lease;
    }

    @Override
    public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> caller) {
        Unary.answerAsClient(caller, () -> {
            if (request.getKey().isEmpty()) {
                throw Problem.EMPTY_KEY.exception();
            }
            KeyRange key = KeyRange.single(new Key(Wire.bytes(request.getKey())));
            Operation.Txn txn = new Operation.Txn(List.of(), List.of(new Operation.DeleteRange(key, false)), List.of());
            var answered = store.txn(txn, gate.pass().runs(txn).allowance());
            return UnlockResponse.newBuilder()
                    .setHeader(headers.at(answered.revision()))
                    .build();
        });
    }
}
