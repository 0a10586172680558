package io.kvorum.etcdserver;

import io.etcd.jetcd.api.ResponseHeader;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.model.Revision;

/** The head of every answer: which cluster and member it is from, and how far the store was. Any thread. */
final class Headers {
    private final EmbeddedStore store;
    private final long clusterId;

    Headers(EmbeddedStore store, long clusterId) {
        this.store = store;
        this.clusterId = clusterId;
    }

    /** As etcd has it in answers about members: without a revision. */
    ResponseHeader bare() {
        return at(Revision.ZERO);
    }

    ResponseHeader now() {
        return at(store.revision());
    }

    ResponseHeader at(Revision revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(store.upkeep().self().value())
                .setRevision(revision.value())
                .setRaftTerm(store.leadership().term())
                .build();
    }
}
