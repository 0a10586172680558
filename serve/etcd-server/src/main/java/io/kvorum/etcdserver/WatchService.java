package io.kvorum.etcdserver;

import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.EmbeddedStore;

/** etcd's Watch service: many watches on one stream. Any thread. */
final class WatchService extends WatchGrpc.WatchImplBase {
    private final EmbeddedStore store;
    private final Headers headers;
    private final Gate gate;
    private final Way way;

    /** How watches are served, and who counts them. */
    record Way(EtcdServerConfig config, WatchTally tally) {}

    WatchService(EmbeddedStore store, Headers headers, Gate gate, Way way) {
        this.store = store;
        this.headers = headers;
        this.gate = gate;
        this.way = way;
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> caller) {
        WatchOutlet outlet = new WatchOutlet((ServerCallStreamObserver<WatchResponse>) caller, way.tally());
        return new WatchSession(store, gate, new WatchSession.Way(outlet, headers, way.config(), way.tally()));
    }
}
