package io.kvorum.etcdserver;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseLeasesRequest;
import io.etcd.jetcd.api.LeaseLeasesResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseStatus;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.Leases;
import io.kvorum.engine.StoreException;
import io.kvorum.mvcc.LeaseId;
import java.util.random.RandomGenerator;

/** etcd's Lease service. Any thread; calls block. */
final class LeaseService extends LeaseGrpc.LeaseImplBase {
    private static final long MOST_SECONDS = 9_000_000_000L;

    private final EmbeddedStore store;
    private final Headers headers;
    private final Gate gate;
    private final RandomGenerator random;

    LeaseService(EmbeddedStore store, Headers headers, Gate gate, RandomGenerator random) {
        this.store = store;
        this.headers = headers;
        this.gate = gate;
        this.random = random;
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> caller) {
        Unary.answer(caller, () -> {
            if (request.getTTL() > MOST_SECONDS) {
                throw Problem.LEASE_TOO_LONG.exception();
            }
            LeaseId id = request.getID() == 0 ? fresh() : new LeaseId(request.getID());
            long granted =
                    store.leases().grant(id, request.getTTL(), gate.pass().allowance());
            return LeaseGrantResponse.newBuilder()
                    .setHeader(headers.now())
                    .setID(id.value())
                    .setTTL(granted)
                    .build();
        });
    }

    LeaseId fresh() {
        return new LeaseId(random.nextLong(1, Long.MAX_VALUE));
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> caller) {
        Unary.answer(caller, () -> {
            LeaseId id = new LeaseId(request.getID());
            store.leases().revoke(id, gate.pass().writesKeysOf(id).allowance());
            return LeaseRevokeResponse.newBuilder().setHeader(headers.now()).build();
        });
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> caller) {
        Unary.outliveCaller(caller);
        return new StreamObserver<>() {
            private boolean isOver;

            @Override
            public void onNext(LeaseKeepAliveRequest request) {
                if (isOver) {
                    return;
                }
                try {
                    caller.onNext(keepAlive(new LeaseId(request.getID())));
                } catch (StoreException e) {
                    isOver = true;
                    caller.onError(Failures.answer(e));
                }
            }

            @Override
            public void onError(Throwable failure) {
                // The caller went away; there is nothing to clean up.
            }

            @Override
            public void onCompleted() {
                if (!isOver) {
                    caller.onCompleted();
                }
            }
        };
    }

    /** As in etcd a lease that is gone is answered with no time left. */
    private LeaseKeepAliveResponse keepAlive(LeaseId id) {
        long seconds = 0;
        try {
            seconds = store.leases().keepAlive(id);
        } catch (StoreException.LeaseNotFound e) {
            // Said by the zero.
        }
        return LeaseKeepAliveResponse.newBuilder()
                .setHeader(headers.now())
                .setID(id.value())
                .setTTL(seconds)
                .build();
    }

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> caller) {
        Unary.answer(caller, () -> {
            LeaseTimeToLiveResponse.Builder built = LeaseTimeToLiveResponse.newBuilder()
                    .setHeader(headers.now())
                    .setID(request.getID());
            try {
                Leases.State state = store.leases().state(new LeaseId(request.getID()));
                gate.pass().readsKeys(state.keys());
                built.setTTL(state.remainingSeconds()).setGrantedTTL(state.grantedSeconds());
                if (request.getKeys()) {
                    state.keys().forEach(key -> built.addKeys(Wire.text(key.bytes())));
                }
            } catch (StoreException.LeaseNotFound e) {
                built.setTTL(-1);
            }
            return built.build();
        });
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> caller) {
        Unary.answer(caller, () -> {
            LeaseLeasesResponse.Builder built = LeaseLeasesResponse.newBuilder().setHeader(headers.now());
            store.leases()
                    .all()
                    .forEach(id -> built.addLeases(
                            LeaseStatus.newBuilder().setID(id.value()).build()));
            return built.build();
        });
    }
}
