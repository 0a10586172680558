package io.kvorum.engine;

import io.kvorum.model.Revision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compacts by itself while this member leads, on a thread of its own; without a wish for that there is no thread. */
final class AutoCompactor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AutoCompactor.class);
    /** etcd's: by revision it looks every five minutes, by time ten times a period. */
    private static final Duration LOOK_AT_REVISIONS = Duration.ofMinutes(5);

    private static final int LOOKS_A_PERIOD = 10;

    private final AutoCompaction wish;
    private final Consumer<Revision> compact;
    private final Supplier<Revision> newest;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Seen> seen = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean isLeading;

    AutoCompactor(AutoCompaction wish, Consumer<Revision> compact, Supplier<Revision> newest, LongSupplier nanoTime) {
        this.wish = wish;
        this.compact = compact;
        this.newest = newest;
        this.nanoTime = nanoTime;
        switch (wish) {
            case AutoCompaction.Never ignored -> {}
            case AutoCompaction.Periodic periodic -> start(periodic.period().dividedBy(LOOKS_A_PERIOD));
            case AutoCompaction.Revisions ignored -> start(LOOK_AT_REVISIONS);
        }
    }

    private record Seen(long at, Revision revision) {}

    private void start(Duration pause) {
        Thread.ofVirtual().name("auto-compactor").start(() -> run(pause));
    }

    void leadership(@Nullable Fence fence) {
        isLeading = fence != null;
    }

    private void run(Duration pause) {
        try {
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Revisions are noted on every member, so that a new leader knows what was when. */
    void look() {
        Revision now = newest.get();
        switch (wish) {
            case AutoCompaction.Never ignored -> {}
            case AutoCompaction.Periodic periodic -> {
                long time = nanoTime.getAsLong();
                seen.add(new Seen(time, now));
                Revision oldest = null;
                while (!seen.isEmpty()
                        && time - seen.getFirst().at() >= periodic.period().toNanos()) {
                    oldest = seen.removeFirst().revision();
                }
                if (oldest != null) {
                    compact(oldest);
                }
            }
            case AutoCompaction.Revisions revisions -> {
                if (now.value() > revisions.kept()) {
                    compact(new Revision(now.value() - revisions.kept()));
                }
            }
        }
    }

    private void compact(Revision revision) {
        if (!isLeading) {
            return;
        }
        try {
            compact.accept(revision);
            log.atInfo().addKeyValue("revision", revision).log("compacted history");
        } catch (StoreException.Compacted e) {
            // Nothing has happened since, or somebody else was quicker.
            log.atDebug().addKeyValue("revision", revision).log("history is compacted already");
        } catch (StoreException e) {
            log.atWarn().setCause(e).addKeyValue("revision", revision).log("compacting history failed");
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
