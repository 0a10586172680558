package io.kvorum.registry;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Fence;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the leader does for the store every few minutes: forgets old history and Events that have outlived their use.
 * A thread of its own; {@link #start} and {@link #close} once each.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final KeyRange EVENTS = KeyRange.prefix(Key.of("/registry/events/"));
    private static final long CHUNK = 500;

    private final Store store;
    private final InstantSource clock;
    private final RegistryConfiguration configuration;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Fence fence;
    private Revision reachedLastTime = Revision.ZERO;

    Housekeeping(Store store, InstantSource clock, RegistryConfiguration configuration) {
        this.store = store;
        this.clock = clock;
        this.configuration = configuration;
    }

    void start() {
        lead();
        Thread.ofVirtual().name("registry-housekeeping").start(this::run);
    }

    /** Hears from now on whether this server leads. */
    void lead() {
        store.onLeadership(term -> fence = term);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(configuration.history().toMillis(), TimeUnit.MILLISECONDS)) {
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round; what fails is tried again at the next one. */
    void tick() {
        Fence term = fence;
        Revision reached = store.status().revision();
        if (term != null) {
            try {
                compact();
                expireEvents(term);
            } catch (StoreException e) {
                LOG.atWarn().setCause(e).log("housekeeping of the store failed; trying again at the next round");
            }
        }
        reachedLastTime = reached;
    }

    private void compact() {
        if (store.status().compacted().isBefore(reachedLastTime)) {
            store.compact(reachedLastTime);
            LOG.atDebug().addKeyValue("revision", reachedLastTime).log("history compacted");
        }
    }

    private void expireEvents(Fence term) {
        Instant oldest = clock.instant().minus(configuration.eventLifetime());
        Bytes from = EVENTS.start();
        boolean more = true;
        while (more) {
            var answer = store.range(
                            new Operation.Range(new KeyRange(from, EVENTS.end()), Revision.ZERO, CHUNK),
                            Consistency.SERIALIZABLE)
                    .answer();
            for (KeyValue item : answer.items()) {
                if (lastSeen(item).isBefore(oldest)) {
                    delete(item, term);
                }
                from = item.key().bytes().concat(Bytes.wrap(new byte[1]));
            }
            more = answer.more();
        }
    }

    private void delete(KeyValue item, Fence term) {
        store.txn(
                new Operation.Txn(
                        List.of(Compare.isModifiedAt(item.key(), item.modified())),
                        List.of(new Operation.DeleteRange(KeyRange.single(item.key()), false)),
                        List.of()),
                term);
    }

    /** The latest time that an Event speaks of; one that speaks of none is kept. */
    private static Instant lastSeen(KeyValue item) {
        ObjectNode event = ObjectFormat.parse(ObjectFormat.toJson(item.value()));
        Instant latest = Instant.MIN;
        for (String text : List.of(
                event.path("series").path("lastObservedTime").asString(""),
                event.path("lastTimestamp").asString(""),
                event.path("eventTime").asString(""),
                event.path("metadata").path("creationTimestamp").asString(""))) {
            Instant time = parse(text);
            latest = time.isAfter(latest) ? time : latest;
        }
        return latest.equals(Instant.MIN) ? Instant.MAX : latest;
    }

    private static Instant parse(String text) {
        try {
            return text.isEmpty() ? Instant.MIN : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.MIN;
        }
    }
}
