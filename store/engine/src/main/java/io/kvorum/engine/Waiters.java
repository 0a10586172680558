package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.raft.Proposal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The callers of this member that wait for their entries. Bounded: when full, callers are told it is busy. Any thread. */
final class Waiters {
    private final Map<Long, Waiter> waiting = new ConcurrentHashMap<>();
    private final long run = UUID.randomUUID().getMostSignificantBits();
    private final AtomicLong lastNumber = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final int mostWaiting;
    private final long mostBytes;

    Waiters(int mostWaiting, long mostBytes) {
        this.mostWaiting = mostWaiting;
        this.mostBytes = mostBytes;
    }

    Entry.Id nextId() {
        return new Entry.Id(run, lastNumber.incrementAndGet());
    }

    /** @throws StoreException.Busy when too much is under way */
    Waiter enter(Entry.Id id, Bytes entry) {
        Waiter waiter = new Waiter(id.number(), entry);
        int countNow = count.incrementAndGet();
        long bytesNow = bytes.addAndGet(entry.length());
        if (countNow > mostWaiting || bytesNow > mostBytes) {
            giveBack(entry);
            throw new StoreException.Busy();
        }
        waiting.put(id.number(), waiter);
        return waiter;
    }

    private void giveBack(Bytes entry) {
        count.decrementAndGet();
        bytes.addAndGet(-entry.length());
    }

    void answer(Entry.Id id, Verdict verdict) {
        if (id.run() == run) {
            Waiter waiter = waiting.get(id.number());
            if (waiter != null) {
                waiter.verdict.complete(verdict);
            }
        }
    }

    void loseAll(String reason) {
        waiting.values().forEach(waiter -> waiter.verdict.complete(new Verdict.Lost(reason)));
    }

    /** One caller with its entry. */
    final class Waiter implements Proposal, AutoCloseable {
        private final long number;
        private final Bytes entry;
        private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

        private Waiter(long number, Bytes entry) {
            this.number = number;
            this.entry = entry;
        }

        @Override
        public Bytes entry() {
            return entry;
        }

        @Override
        public void refused(Refusal refusal) {
            verdict.complete(new Verdict.Refused(refusal));
        }

        /** Empty when there was no verdict in time. */
        Optional<Verdict> await(Duration deadline) throws InterruptedException {
            try {
                return Optional.of(verdict.get(deadline.toNanos(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a verdict is never exceptional", e);
            }
        }

        @Override
        public void close() {
            if (waiting.remove(number) != null) {
                giveBack(entry);
            }
        }
    }
}
