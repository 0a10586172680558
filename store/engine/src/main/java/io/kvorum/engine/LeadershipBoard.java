package io.kvorum.engine;

import io.kvorum.raft.Leadership;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners who leads, one after the other on a thread of its own. Any thread may tell and listen. */
final class LeadershipBoard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeadershipBoard.class);
    private static final int MOST_WAITING = 256;

    /** When it is full the oldest news is dropped: only the newest still means something. */
    private final BlockingQueue<Runnable> news = new ArrayBlockingQueue<>(MOST_WAITING);

    private final List<Store.LeadershipListener> listeners = new ArrayList<>();
    private final Thread teller;
    private @Nullable Fence fence;

    LeadershipBoard() {
        teller = Thread.ofVirtual().name("leadership").start(this::tellAll);
    }

    synchronized void listen(Store.LeadershipListener listener) {
        listeners.add(listener);
        Fence now = fence;
        post(() -> listener.leadership(now));
    }

    synchronized void changed(Leadership leadership) {
        Fence now = leadership.isSelf() ? new Fence(leadership.term()) : null;
        fence = now;
        for (Store.LeadershipListener listener : listeners) {
            post(() -> listener.leadership(now));
        }
    }

    /** What listeners are told of in a moment. */
    synchronized @Nullable Fence fence() {
        return fence;
    }

    private void post(Runnable one) {
        while (!news.offer(one)) {
            news.poll();
        }
    }

    private void tellAll() {
        try {
            while (true) {
                tell(news.take());
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(Runnable one) {
        try {
            one.run();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a leadership listener failed");
        }
    }

    @Override
    public void close() {
        teller.interrupt();
    }
}
