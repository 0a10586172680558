package io.kvorum.jraft;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * All timers of the library on two threads that sleep until the next one is due; its own wheel wakes up a thousand times
 * a second per timer. The library makes the one instance there is and keeps it as long as the process lives. Any thread.
 */
@SPI(name = "kvorum", priority = 10)
public final class TwoThreadTimers implements RaftTimerFactory, Timer, Scheduler {
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(
            2, Thread.ofPlatform().daemon().name("raft-timer-", 0).factory());

    public TwoThreadTimers() {
        threads.setRemoveOnCancelPolicy(true);
    }

    ScheduledThreadPoolExecutor threads() {
        return threads;
    }

    @Override
    public Timer getElectionTimer(boolean shared, String name) {
        return this;
    }

    @Override
    public Timer getVoteTimer(boolean shared, String name) {
        return this;
    }

    @Override
    public Timer getStepDownTimer(boolean shared, String name) {
        return this;
    }

    @Override
    public Timer getSnapshotTimer(boolean shared, String name) {
        return this;
    }

    @Override
    public Scheduler getRaftScheduler(boolean shared, int workers, String name) {
        return this;
    }

    @Override
    public Timer createTimer(String name) {
        return this;
    }

    @Override
    public Scheduler createScheduler(int workers, String name) {
        return this;
    }

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        var timeout = new Once(task);
        timeout.future = threads.schedule(timeout, delay, unit);
        return timeout;
    }

    /** The timers are everybody's: who stops theirs has cancelled its own tasks. */
    @Override
    public Set<Timeout> stop() {
        return Set.of();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return new Uninterrupted<>(threads.schedule(command, delay, unit));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        return new Uninterrupted<>(threads.scheduleAtFixedRate(command, initialDelay, period, unit));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return new Uninterrupted<>(threads.scheduleWithFixedDelay(command, initialDelay, delay, unit));
    }

    @Override
    public void shutdown() {
        // Everybody's, see stop.
    }

    private final class Once implements Timeout, Runnable {
        private final TimerTask task;
        private volatile @org.jspecify.annotations.Nullable ScheduledFuture<?> future;
        private volatile boolean ran;

        Once(TimerTask task) {
            this.task = task;
        }

        @Override
        public void run() {
            ran = true;
            try {
                task.run(this);
            } catch (Exception e) {
                org.slf4j.LoggerFactory.getLogger(TwoThreadTimers.class)
                        .atError()
                        .setCause(e)
                        .log("a timer of the log failed");
            }
        }

        @Override
        public Timer timer() {
            return TwoThreadTimers.this;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public boolean isExpired() {
            return ran;
        }

        @Override
        public boolean isCancelled() {
            ScheduledFuture<?> scheduled = future;
            return scheduled != null && scheduled.isCancelled();
        }

        @Override
        public boolean cancel() {
            ScheduledFuture<?> scheduled = future;
            return scheduled != null && scheduled.cancel(false);
        }
    }

    /** The library cancels with an interrupt, which would close the log's files under a thread that reads them. */
    private record Uninterrupted<V>(ScheduledFuture<V> future) implements ScheduledFuture<V> {
        @Override
        public boolean cancel(boolean mayInterrupt) {
            return future.cancel(false);
        }

        @Override
        public boolean isCancelled() {
            return future.isCancelled();
        }

        @Override
        public boolean isDone() {
            return future.isDone();
        }

        @Override
        public V get() throws InterruptedException, java.util.concurrent.ExecutionException {
            return future.get();
        }

        @Override
        public V get(long timeout, TimeUnit unit)
                throws InterruptedException, java.util.concurrent.ExecutionException,
                        java.util.concurrent.TimeoutException {
            return future.get(timeout, unit);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return future.getDelay(unit);
        }

        @Override
        public int compareTo(java.util.concurrent.Delayed other) {
            return future.compareTo(other instanceof Uninterrupted<?> that ? that.future : other);
        }
    }
}
