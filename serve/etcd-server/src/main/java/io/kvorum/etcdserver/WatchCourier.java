package io.kvorum.etcdserver;

import io.kvorum.engine.WatchGroup;
import io.kvorum.engine.WatchNews;
import io.kvorum.model.Revision;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Carries what happens to all watches of one stream to its client, on one virtual thread: with a thread for each, a
 * change that thousands watch would keep everybody else's calls waiting. It ends with the group of its watches.
 */
final class WatchCourier {
    /** Then calls that wait for a processor have their turn. */
    private static final int DELIVERIES_A_TURN = 64;

    private final WatchGroup<ServedWatch> group;
    private final Collection<ServedWatch> watches;
    private final Freight freight;
    private final long noticeNanos;
    private final Told told;
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private long nextLook;

    /**
     * Who hears of it.
     *
     * @param progressed called when a watch has come further
     * @param overtaken called when compaction ended a watch
     * @param failed called when no watch can go on
     */
    record Told(Runnable progressed, BiConsumer<ServedWatch, Revision> overtaken, Consumer<RuntimeException> failed) {}

    /** @param noticeEvery how long a watch that wants notice of progress hears nothing */
    WatchCourier(
            WatchGroup<ServedWatch> group,
            Collection<ServedWatch> watches,
            Freight freight,
            Duration noticeEvery,
            Told told) {
        this.group = group;
        this.watches = watches;
        this.freight = freight;
        this.noticeNanos = noticeEvery.toNanos();
        this.told = told;
    }

    /** With the first watch; asked again it does nothing. */
    void start() {
        if (isStarted.compareAndSet(false, true)) {
            Thread.ofVirtual().name("etcd-watch").start(this::carry);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread keeps its processor until it gives it away
    private void carry() {
        nextLook = System.nanoTime() + noticeNanos;
        try {
            for (int delivered = 1; true; delivered++) {
                deliverNext();
                if (delivered % DELIVERIES_A_TURN == 0) {
                    Thread.yield();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // whatever it was, a disk that cannot be read say: a client that heard nothing would believe nothing
            // happened
            told.failed().accept(e);
        }
    }

    private void deliverNext() throws InterruptedException {
        Optional<WatchNews<ServedWatch>> news = group.next(Duration.ZERO);
        if (news.isEmpty()) {
            freight.unload();
            news = group.next(Duration.ofNanos(Math.max(1, nextLook - System.nanoTime())));
        }
        if (news.isPresent()) {
            switch (news.get()) {
                case WatchNews.Happened<ServedWatch>(ServedWatch watch, var batch) -> watch.deliver(batch, freight);
                case WatchNews.Overtaken<ServedWatch>(ServedWatch watch, Revision compacted) ->
                    told.overtaken().accept(watch, compacted);
            }
            told.progressed().run();
        }
        if (nextLook - System.nanoTime() <= 0) {
            giveNotice();
        }
    }

    private void giveNotice() {
        long soonest = noticeNanos;
        for (ServedWatch watch : watches) {
            if (watch.noticeIn(noticeNanos) <= 0) {
                watch.giveNotice();
            }
            soonest = Math.min(soonest, watch.noticeIn(noticeNanos));
        }
        nextLook = System.nanoTime() + soonest;
    }
}
