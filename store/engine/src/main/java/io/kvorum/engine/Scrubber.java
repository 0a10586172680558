package io.kvorum.engine;

import io.kvorum.backend.BackendException;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Table;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the whole file now and then, so that damage is found before somebody needs what is damaged. Slowly: a piece a
 * second, and a view of the file is never held for longer than a piece. It has a thread of its own.
 */
final class Scrubber implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Scrubber.class);
    private static final long BYTES_A_PIECE = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ReplicaSeat seat;
    private final Pauses pauses;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param between passes over the file; a start reads all of it anyway
     * @param after each piece of a pass
     */
    record Pauses(Duration between, Duration after) {
        static final Pauses DEFAULT = new Pauses(Duration.ofHours(6), Duration.ofSeconds(1));
    }

    Scrubber(ReplicaSeat seat, Pauses pauses) {
        this.seat = seat;
        this.pauses = pauses;
        this.thread = Thread.ofVirtual().name("store-scrubber").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(pauses.between().toMillis(), TimeUnit.MILLISECONDS)) {
                pass();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BackendException.Corrupt e) {
            log.atDebug().setCause(e).log("the store was told of the damage and stops"); // nothing more to look for
        }
    }

    private void pass() throws InterruptedException {
        long begun = System.nanoTime();
        for (Table table : Table.values()) {
            Bytes next = Bytes.EMPTY;
            while (next != null && closed.getCount() > 0) {
                next = piece(table, next);
                closed.await(pauses.after().toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        log.atDebug()
                .addKeyValue("took", Duration.ofNanos(System.nanoTime() - begun))
                .log("read the whole database; nothing is damaged");
    }

    private @Nullable Bytes piece(Table table, Bytes from) {
        try {
            return seat.current().scrub(table, from, BYTES_A_PIECE, PATIENCE);
        } catch (BackendException.Closed | BackendException.TooManyViews e) {
            return from; // replaced meanwhile, or busy: again
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
