package io.kvorum.registry;

import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Fence;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.StoreStatus;
import io.kvorum.engine.WatchBatch;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.Leadership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store in memory with the whole history, that can lose its quorum on command; any thread. */
public final class MemoryStore implements Store {
    private final TreeMap<Key, List<KeyValue>> history = new TreeMap<>();
    private final List<WatchBatch> batches = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    private boolean hasQuorum = true;
    private int barriers;
    private @Nullable LeadershipListener listener;

    public synchronized void loseQuorum() {
        hasQuorum = false;
    }

    public synchronized void regainQuorum() {
        hasQuorum = true;
    }

    /** How often somebody asked for the present, which without a leader takes as long as a request may. */
    public synchronized int barriers() {
        return barriers;
    }

    private void needQuorum() {
        if (!hasQuorum) {
            throw new StoreException.NoQuorum(Instant.EPOCH);
        }
    }

    @Override
    public synchronized Answered<Answer.OfRange> range(Operation.Range range, Consistency consistency) {
        if (consistency == Consistency.LINEARIZABLE) {
            needQuorum();
        }
        return new Answered<>(new Revision(revision), read(range));
    }

    private Answer.OfRange read(Operation.Range range) {
        long at = range.at().value() == 0 ? revision : range.at().value();
        if (at > revision) {
            throw new StoreException.FutureRevision(range.at(), new Revision(revision));
        }
        if (at < compacted) {
            throw new StoreException.Compacted(new Revision(compacted));
        }
        List<KeyValue> items = new ArrayList<>();
        long count = 0;
        for (Key key : history.keySet()) {
            KeyValue found = range.range().contains(key) ? at(key, at) : null;
            if (found != null) {
                count++;
                if (range.limit() == 0 || items.size() < range.limit()) {
                    items.add(found);
                }
            }
        }
        return new Answer.OfRange(items, count, count > items.size());
    }

    private @Nullable KeyValue at(Key key, long revision) {
        KeyValue found = null;
        for (KeyValue each : history.getOrDefault(key, List.of())) {
            if (each.modified().value() <= revision) {
                found = each;
            }
        }
        return found == null || found.version() == 0 ? null : found;
    }

    @Override
    public synchronized Answered<Answer.OfTxn> txn(Operation.Txn txn, @Nullable Fence fence) {
        needQuorum();
        if (fence != null && fence.term() != 1) {
            throw new StoreException.Deposed(fence, 1);
        }
        boolean holds = txn.compares().stream().allMatch(this::holds);
        List<Answer> answers = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        for (Operation operation : holds ? txn.success() : txn.failure()) {
            answers.add(run(operation, events));
        }
        if (!events.isEmpty()) {
            revision++;
            batches.add(new WatchBatch(new Revision(revision), events));
            notifyAll();
        }
        return new Answered<>(new Revision(revision), new Answer.OfTxn(holds, answers));
    }

    private boolean holds(Compare compare) {
        Compare.OfNumber number = (Compare.OfNumber) compare;
        KeyValue found = at(new Key(number.range().start()), revision);
        return (found == null ? 0 : found.modified().value()) == number.expected();
    }

    private Answer run(Operation operation, List<Event> events) {
        Revision next = new Revision(revision + 1);
        return switch (operation) {
            case Operation.Put put -> {
                KeyValue old = at(put.key(), revision);
                KeyValue now = new KeyValue(
                        put.key(),
                        put.value(),
                        old == null ? next : old.created(),
                        next,
                        old == null ? 1 : old.version() + 1,
                        LeaseId.NONE);
                history.computeIfAbsent(put.key(), ignored -> new ArrayList<>()).add(now);
                events.add(new Event(Event.Type.PUT, now, old));
                yield new Answer.OfPut(null);
            }
            case Operation.DeleteRange delete -> {
                long count = 0;
                for (Key key : history.keySet()) {
                    KeyValue old = delete.range().contains(key) ? at(key, revision) : null;
                    if (old != null) {
                        count++;
                        KeyValue gone = new KeyValue(key, Bytes.EMPTY, Revision.ZERO, next, 0, LeaseId.NONE);
                        history.get(key).add(gone);
                        events.add(new Event(Event.Type.DELETE, gone, old));
                    }
                }
                yield new Answer.OfDelete(count, List.of());
            }
            case Operation.Range range -> read(range);
            case Operation.Txn nested -> throw new UnsupportedOperationException("nested " + nested);
        };
    }

    @Override
    public synchronized void compact(Revision at) {
        compacted = at.value();
    }

    @Override
    public synchronized WatchStream watch(WatchRequest request) {
        if (request.start().value() > 0 && request.start().value() <= compacted) {
            throw new StoreException.Compacted(new Revision(compacted));
        }
        long start =
                request.start().value() == 0 ? revision + 1 : request.start().value();
        return new Stream(request, start);
    }

    private final class Stream implements WatchStream {
        private final WatchRequest request;
        private long next;

        Stream(WatchRequest request, long start) {
            this.request = request;
            this.next = start;
        }

        @Override
        public Optional<WatchBatch> next(Duration patience) throws InterruptedException {
            synchronized (MemoryStore.this) {
                long deadline = System.nanoTime() + patience.toNanos();
                while (revision < next) {
                    long left = (deadline - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return Optional.empty();
                    }
                    MemoryStore.this.wait(left);
                }
                List<Event> events = batches.get((int) next - 2).events().stream()
                        .filter(event -> request.range().contains(event.now().key()))
                        .toList();
                Revision at = new Revision(next);
                next++;
                return Optional.of(new WatchBatch(at, events));
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public synchronized Revision readBarrier() {
        barriers++;
        needQuorum();
        return new Revision(revision);
    }

    @Override
    public Revision readBarrier(Duration patience) {
        return readBarrier();
    }

    @Override
    public synchronized StoreStatus status() {
        return new StoreStatus(
                new Revision(revision),
                new Revision(compacted),
                new Leadership(1, null, true),
                revision,
                0,
                0,
                hasQuorum ? null : Instant.EPOCH,
                Instant.EPOCH);
    }

    @Override
    public synchronized Optional<Instant> leaderlessSince() {
        return hasQuorum ? Optional.empty() : Optional.of(Instant.EPOCH);
    }

    @Override
    public void onLeadership(LeadershipListener newListener) {
        listener = newListener;
        newListener.leadership(new Fence(1));
    }

    @Override
    public void close() {
        LeadershipListener told = listener;
        if (told != null) {
            told.leadership(null);
        }
    }
}
