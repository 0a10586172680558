package io.kvorum.apiserver.bootstrap;

import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Fence;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.StoreStatus;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A real store that behaves as without quorum while told so; any thread. */
final class QuorumSwitch implements Store {
    private final Store store;
    private volatile boolean hasQuorum = true;

    QuorumSwitch(Store store) {
        this.store = store;
    }

    void quorum(boolean isThere) {
        hasQuorum = isThere;
    }

    private void need() {
        if (!hasQuorum) {
            throw new StoreException.NoQuorum(Instant.EPOCH);
        }
    }

    @Override
    public Answered<Answer.OfRange> range(Operation.Range range, Consistency consistency) {
        if (consistency == Consistency.LINEARIZABLE) {
            need();
        }
        return store.range(range, consistency);
    }

    @Override
    public Answered<Answer.OfTxn> txn(Operation.Txn txn, @Nullable Fence fence) {
        need();
        return store.txn(txn, fence);
    }

    @Override
    public void compact(Revision revision) {
        need();
        store.compact(revision);
    }

    @Override
    public WatchStream watch(WatchRequest request) {
        return store.watch(request);
    }

    @Override
    public Revision readBarrier() {
        need();
        return store.readBarrier();
    }

    @Override
    public Revision readBarrier(Duration patience) {
        need();
        return store.readBarrier(patience);
    }

    @Override
    public StoreStatus status() {
        return store.status();
    }

    @Override
    public Optional<Instant> leaderlessSince() {
        return store.leaderlessSince();
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        store.onLeadership(listener);
    }

    @Override
    public void close() {
        store.close();
    }
}
