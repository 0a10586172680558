package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store's one door: a history of revisions over ordered keys, as etcd has it. Any thread may call; calls block until
 * answered and throw a {@link StoreException} when they cannot be. What is acknowledged is on stable storage at a majority.
 */
public interface Store extends AutoCloseable {
    Answered<Answer.OfRange> range(Operation.Range range, Consistency consistency);

    /** Runs a transaction; a single put or delete is one without compares. */
    default Answered<Answer.OfTxn> txn(Operation.Txn txn) {
        return txn(txn, null);
    }

    /** Runs a transaction that only the leader of the fence's term may make. */
    Answered<Answer.OfTxn> txn(Operation.Txn txn, @Nullable Fence fence);

    /** Forgets history before the revision; reads and watches of it then answer {@link StoreException.Compacted}. */
    void compact(Revision revision);

    /** @throws StoreException.Compacted at once when the start is compacted */
    WatchStream watch(WatchRequest request);

    /** Blocks until this replica has seen every write acknowledged before the call. */
    Revision readBarrier();

    /**
     * As {@link #readBarrier()}, for a reader that has something better to do than wait for a leader that is gone: after
     * its patience it goes on waiting only while this replica knows who leads.
     *
     * @throws StoreException.NoQuorum also when patience is over and no leader is known
     */
    Revision readBarrier(Duration patience);

    StoreStatus status();

    /** Since when this replica knows of no leader; empty while it knows one. For every read: it costs next to nothing. */
    Optional<Instant> leaderlessSince();

    /** Calls the listener now and at every change of leadership, in order, on a thread of the store; it must not block. */
    void onLeadership(LeadershipListener listener);

    /** Hears who leads. */
    @FunctionalInterface
    interface LeadershipListener {
        /** @param fence the fence to write under while this member leads; null while it does not */
        void leadership(@Nullable Fence fence);
    }

    @Override
    void close();
}
