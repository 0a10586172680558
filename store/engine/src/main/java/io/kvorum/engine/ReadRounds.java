package io.kvorum.engine;

import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.ReplicatedLog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets many linearizable readers share one barrier of the log. A reader may join only a round that has not begun: a
 * barrier under way may be older than a write it has to see. Any thread may call it.
 *
 * <pre>
 *   readers --join--> gathering round --when the running one is over--> running round --> all its readers go on
 * </pre>
 */
final class ReadRounds {
    /** How often who is past its patience looks whether there is a leader. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private final ReplicatedLog log;
    private final AppliedIndex applied;
    private final Quorum quorum;
    private final Duration deadline;
    private CompletableFuture<Outcome> gathering = new CompletableFuture<>();
    private boolean isEmpty = true;
    private boolean isRunning;

    ReadRounds(ReplicatedLog log, AppliedIndex applied, Quorum quorum, Duration deadline) {
        this.log = log;
        this.applied = applied;
        this.quorum = quorum;
        this.deadline = deadline;
    }

    private sealed interface Outcome {
        record Passed() implements Outcome {}

        record NoQuorum() implements Outcome {}

        record Late() implements Outcome {}

        record Broken(Throwable cause) implements Outcome {}
    }

    /** Returns when this replica has every write acknowledged before the call. */
    void await() {
        judge(outcome(join(), deadline.multipliedBy(2)));
    }

    /**
     * As {@link #await()}, but once patience is over no longer than there is a leader: a question that a dead one was
     * asked stays open until its deadline.
     */
    void await(Duration patience, BooleanSupplier isLeaderless) {
        CompletableFuture<Outcome> mine = join();
        Optional<Outcome> outcome = outcome(mine, patience);
        for (long looks = deadline.multipliedBy(2).dividedBy(LOOK); looks > 0 && outcome.isEmpty(); looks--) {
            outcome = isLeaderless.getAsBoolean() ? Optional.of(new Outcome.NoQuorum()) : outcome(mine, LOOK);
        }
        judge(outcome);
    }

    private void judge(Optional<Outcome> outcome) {
        switch (outcome.orElseGet(Outcome.Late::new)) {
            case Outcome.Passed ignored -> {}
            case Outcome.NoQuorum ignored -> throw new StoreException.NoQuorum(quorum.lost());
            case Outcome.Late ignored -> throw late();
            case Outcome.Broken broken ->
                throw new StoreException.Stopped("the read barrier failed: " + broken.cause());
        }
    }

    private StoreException late() {
        return applied.isStopped()
                ? new StoreException.Stopped("it ended while a read waited")
                : new StoreException.TimedOut("a linearizable read", deadline);
    }

    private synchronized CompletableFuture<Outcome> join() {
        CompletableFuture<Outcome> mine = gathering;
        isEmpty = false;
        if (!isRunning) {
            isRunning = true;
            Thread.ofVirtual().name("read-barrier").start(this::runRounds);
        }
        return mine;
    }

    /** Empty when it is not there by then. */
    private static Optional<Outcome> outcome(CompletableFuture<Outcome> mine, Duration patience) {
        try {
            return Optional.of(mine.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(new Outcome.Broken(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new Outcome.Late());
        }
    }

    private void runRounds() {
        CompletableFuture<Outcome> round = begin();
        while (round != null) {
            round.complete(run());
            round = begin();
        }
    }

    /** The gathering round, whose readers now wait for it alone; null when there are none. */
    private synchronized @Nullable CompletableFuture<Outcome> begin() {
        CompletableFuture<Outcome> round = gathering;
        if (isEmpty) {
            isRunning = false;
            return null;
        }
        isEmpty = true;
        gathering = new CompletableFuture<>();
        return round;
    }

    private Outcome run() {
        try {
            long index = log.readBarrier(deadline);
            quorum.confirmed();
            return applied.await(index, deadline) ? new Outcome.Passed() : new Outcome.Late();
        } catch (LogUnavailable e) {
            return new Outcome.NoQuorum();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Late();
        } catch (RuntimeException e) {
            return new Outcome.Broken(e);
        }
    }
}
