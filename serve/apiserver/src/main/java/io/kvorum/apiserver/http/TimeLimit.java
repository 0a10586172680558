package io.kvorum.apiserver.http;

import io.kvorum.http.Exchange;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Interrupts the threads of requests that take too long; any thread. */
public final class TimeLimit implements AutoCloseable {
    private enum State {
        RUNNING,
        DONE,
        TIMED_OUT
    }

    private final Duration limit;
    private final ScheduledThreadPoolExecutor clock;

    public TimeLimit(Duration limit) {
        this.limit = limit;
        this.clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("request-time-limit").factory());
        clock.setRemoveOnCancelPolicy(true);
    }

    /** Starts the clock for the current thread's request; one that may run long gets none. Close it with the answer. */
    public Running start(RequestInfo request, Exchange exchange) {
        if (LongRunning.is(request)) {
            return Running.UNLIMITED;
        }
        return new Running(clock, wanted(exchange));
    }

    /** A caller may ask for less than the limit by {@code timeout=10s}. */
    private Duration wanted(Exchange exchange) {
        return exchange.query()
                .first("timeout")
                .flatMap(GoDuration::parse)
                .filter(asked -> asked.isPositive() && asked.compareTo(limit) < 0)
                .orElse(limit);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** One request's clock. */
    public static final class Running implements AutoCloseable {
        private static final Running UNLIMITED = new Running();

        private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
        private final Runnable cancel;

        private Running() {
            this.cancel = () -> {};
        }

        private Running(ScheduledThreadPoolExecutor clock, Duration limit) {
            Thread thread = Thread.currentThread();
            ScheduledFuture<?> alarm = clock.schedule(() -> interrupt(thread), limit.toNanos(), TimeUnit.NANOSECONDS);
            this.cancel = () -> alarm.cancel(false);
        }

        public boolean isTimedOut() {
            return state.get() == State.TIMED_OUT;
        }

        private void interrupt(Thread thread) {
            if (state.compareAndSet(State.RUNNING, State.TIMED_OUT)) {
                thread.interrupt();
            }
        }

        @Override
        public void close() {
            state.compareAndSet(State.RUNNING, State.DONE);
            cancel.run();
        }
    }
}
