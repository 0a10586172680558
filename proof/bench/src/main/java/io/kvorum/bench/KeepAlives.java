package io.kvorum.bench;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Keeps one lease alive over one stream; the first call grants the lease. Used by one thread at a time. */
final class KeepAlives implements Caller {
    private final LeaseGrpc.LeaseStub leases;
    private long lease;
    private @Nullable StreamObserver<LeaseKeepAliveRequest> stream;
    private volatile @Nullable Ending waiting;

    KeepAlives(LeaseGrpc.LeaseStub leases) {
        this.leases = leases;
    }

    @Override
    public void call(Ending ending) {
        StreamObserver<LeaseKeepAliveRequest> open = stream;
        if (lease == 0) {
            grant(ending);
            return;
        }
        waiting = ending;
        if (open == null) {
            open = leases.leaseKeepAlive(new Answers());
            stream = open;
        }
        open.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
    }

    private void grant(Ending ending) {
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(Workloads.LEASE_SECONDS).build();
        leases.leaseGrant(request, new StreamObserver<>() {
            @Override
            public void onNext(LeaseGrantResponse answer) {
                lease = answer.getID();
            }

            @Override
            public void onError(Throwable reason) {
                ending.failed(reason);
            }

            @Override
            public void onCompleted() {
                ending.succeeded();
            }
        });
    }

    private final class Answers implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse answer) {
            Ending ending = taken();
            if (ending != null) {
                ending.succeeded();
            }
        }

        private @Nullable Ending taken() {
            Ending ending = waiting;
            waiting = null;
            return ending;
        }

        @Override
        public void onError(Throwable reason) {
            stream = null;
            Ending ending = taken();
            if (ending != null) {
                ending.failed(reason);
            }
        }

        @Override
        public void onCompleted() {
            onError(new IllegalStateException("the stream of keep-alives was closed"));
        }
    }
}
