package io.kvorum.node.secrets;

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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server's way to its store, which a dead server has lost: writes are counted, and refused behind the last one. */
final class CutStore implements Store {
    private final Store store;
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private volatile Consumer<Operation.Txn> beforeWrite = txn -> {};

    CutStore(Store store) {
        this.store = store;
    }

    /** From now on the server lives for so many writes. */
    CutStore cutAfter(int writes) {
        left.set(writes);
        return this;
    }

    void beforeWrite(Consumer<Operation.Txn> act) {
        beforeWrite = act;
    }

    @Override
    public Answered<Answer.OfTxn> txn(Operation.Txn txn, @Nullable Fence fence) {
        if (left.getAndDecrement() <= 0) {
            throw new StoreException.Stopped("killed");
        }
        beforeWrite.accept(txn);
        return store.txn(txn, fence);
    }

    @Override
    public Answered<Answer.OfRange> range(Operation.Range range, Consistency consistency) {
        return store.range(range, consistency);
    }

    @Override
    public void compact(Revision revision) {
        store.compact(revision);
    }

    @Override
    public WatchStream watch(WatchRequest request) {
        return store.watch(request);
    }

    @Override
    public Revision readBarrier() {
        return store.readBarrier();
    }

    @Override
    public Revision readBarrier(Duration patience) {
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
    public void close() {}
}
