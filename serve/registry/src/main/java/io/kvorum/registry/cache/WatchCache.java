package io.kvorum.registry.cache;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchBatch;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch on the whole store, handed out to a cache per resource; a resource is loaded when it is first read. Any
 * thread; {@link #start} and {@link #close} once each.
 */
public final class WatchCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchCache.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);
    private static final Duration LOAD_LIMIT = Duration.ofSeconds(30);

    private final Store store;
    private final CacheBudget budget;
    private final UnaryOperator<Bytes> toJson;
    private final ConcurrentSkipListMap<Bytes, ResourceCache> caches = new ConcurrentSkipListMap<>();
    private final ReentrantLock progressLock = new ReentrantLock();
    private final Condition progressed = progressLock.newCondition();
    private volatile Revision upTo = Revision.ZERO;
    private volatile boolean isClosed;
    private volatile @Nullable Thread dispatcher;

    /** @param toJson makes JSON of what stands in the store */
    public WatchCache(Store store, CacheBudget budget, UnaryOperator<Bytes> toJson) {
        this.store = store;
        this.budget = budget;
        this.toJson = toJson;
    }

    /** Begins to watch the store. */
    public void start() {
        upTo = store.status().revision();
        dispatcher = Thread.ofVirtual().name("watch-cache").start(this::dispatch);
    }

    @Override
    public void close() {
        isClosed = true;
        Thread thread = dispatcher;
        if (thread != null) {
            thread.interrupt();
        }
        caches.values().forEach(ResourceCache::close);
    }

    /** Every change up to this revision is in the caches. */
    public Revision upTo() {
        return upTo;
    }

    /** The objects under a type's prefix as the cache has them now. */
    public Objects objects(ResourceType type) {
        ResourceCache cache = cache(type);
        while (true) {
            ResourceCache.State state = cache.state(upTo);
            if (state != null) {
                return new Objects(state.objects(), state.revision());
            }
            load(cache);
        }
    }

    /** @param revision what {@link #tree} stands at */
    public record Objects(SortedTree<StoredObject> tree, Revision revision) {}

    /** A watch of the changes behind a revision. */
    public ObjectWatch watchBehind(ResourceType type, KeyRange range, Selection selection, Revision revision) {
        ResourceCache cache = cache(type);
        while (true) {
            ResourceCache.Cursor cursor = cache.cursorBehind(revision);
            if (cursor != null) {
                return new ObjectWatch(this, cache, cursor, range, selection);
            }
            load(cache);
        }
    }

    /** A watch that begins with the objects that are there now. */
    public ObjectWatch watchWithObjects(ResourceType type, KeyRange range, Selection selection) {
        ResourceCache cache = cache(type);
        while (true) {
            ResourceCache.Cursor cursor = cache.cursorWithObjects(upTo);
            if (cursor != null) {
                return new ObjectWatch(this, cache, cursor, range, selection);
            }
            load(cache);
        }
    }

    /** Waits until every change up to the revision is in the caches. */
    public void await(Revision revision, Duration patience) {
        long nanos = patience.toNanos();
        progressLock.lock();
        try {
            while (upTo.isBefore(revision)) {
                if (nanos <= 0) {
                    throw tooLarge(revision, upTo);
                }
                nanos = progressed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("the server is shutting down", 1);
        } finally {
            progressLock.unlock();
        }
    }

    private static ApiException tooLarge(Revision asked, Revision current) {
        return new ApiException(new ApiStatus(
                504,
                "Timeout",
                "Too large resource version: %s, current: %s".formatted(asked, current),
                new Details(
                        "",
                        "",
                        "",
                        "",
                        List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")),
                        1)));
    }

    private ResourceCache cache(ResourceType type) {
        Key prefix = Key.of(type.storagePrefix());
        ResourceCache known = caches.get(prefix.bytes());
        if (known != null) {
            return known;
        }
        return caches.computeIfAbsent(
                prefix.bytes(), ignored -> new ResourceCache(KeyRange.prefix(prefix), budget.ringBytes(), toJson));
    }

    /** Reads everything under the prefix; of several threads that need it one does. */
    private void load(ResourceCache cache) {
        if (isClosed) {
            throw ApiException.unavailable("the server is shutting down", 1);
        }
        cache.loadOnce(LOAD_LIMIT, () -> {
            long attempt = cache.beginLoading();
            var answered = store.range(new Operation.Range(cache.range()), Consistency.SERIALIZABLE);
            Answer.OfRange answer = answered.answer();
            SortedTree<StoredObject> tree = SortedTree.empty();
            for (KeyValue item : answer.items()) {
                tree = tree.with(item.key(), new StoredObject(item.key(), toJson.apply(item.value()), item.modified()));
            }
            cache.loaded(attempt, tree, answered.revision());
        });
    }

    private void dispatch() {
        while (!isClosed) {
            try (WatchStream stream = store.watch(new WatchRequest(KeyRange.all(), upTo.next(), false))) {
                follow(stream);
            } catch (StoreException.Compacted e) {
                LOG.atWarn().addKeyValue("reached", upTo).log("watch cache fell behind compaction and begins anew");
                beginAnew();
            } catch (StoreException.Stopped e) {
                isClosed = true;
                caches.values().forEach(ResourceCache::close);
            } catch (StoreException e) {
                LOG.atWarn().setCause(e).log("watch on the store failed; trying again");
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("reached", upTo)
                        .log("watch cache failed on a change and begins anew");
                beginAnew();
                pause();
            }
        }
    }

    private void beginAnew() {
        caches.values().forEach(ResourceCache::reset);
        progress(store.status().revision());
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(WatchStream stream) throws InterruptedException {
        while (!isClosed) {
            Optional<WatchBatch> batch = stream.next(PATIENCE);
            if (batch.isPresent()) {
                hand(batch.get().events());
                progress(batch.get().upTo());
            }
        }
    }

    private void hand(List<Event> events) {
        Map<ResourceCache, List<Event>> parts = new LinkedHashMap<>();
        for (Event event : events) {
            var entry = caches.floorEntry(event.now().key().bytes());
            if (entry != null && event.now().key().bytes().startsWith(entry.getKey())) {
                parts.computeIfAbsent(entry.getValue(), ignored -> new ArrayList<>())
                        .add(event);
            }
        }
        parts.forEach(ResourceCache::apply);
    }

    private void progress(Revision revision) {
        progressLock.lock();
        try {
            if (upTo.isBefore(revision)) {
                upTo = revision;
            }
            progressed.signalAll();
        } finally {
            progressLock.unlock();
        }
    }
}
