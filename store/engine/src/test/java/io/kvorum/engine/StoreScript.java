package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.SingleMemberLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store in a temporary folder, with the words tests are written in. */
final class StoreScript implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final EngineConfig config;
    private EmbeddedStore store;

    private StoreScript(EngineConfig config, EmbeddedStore store) {
        this.config = config;
        this.store = store;
    }

    static StoreScript in(Path folder) {
        return with(EngineConfig.in(folder));
    }

    static StoreScript with(EngineConfig config) {
        return on(config, new SingleMemberLog());
    }

    static StoreScript on(EngineConfig config, ReplicatedLog log) {
        return new StoreScript(config, EmbeddedStore.open(config, log, InstantSource.system()));
    }

    /** A store that the test has opened; it is not restarted. */
    static StoreScript of(EmbeddedStore store) {
        return new StoreScript(EngineConfig.in(Path.of("")), store);
    }

    EmbeddedStore store() {
        return store;
    }

    void restart() {
        store.close();
        store = EmbeddedStore.open(config, new SingleMemberLog(), InstantSource.system());
    }

    Revision put(String key, String value) {
        return put(key, value, null);
    }

    Revision put(String key, String value, @Nullable Fence fence) {
        return store.txn(txn(new Operation.Put(Key.of(key), Bytes.utf8(value))), fence)
                .revision();
    }

    Revision delete(String key) {
        return store.txn(txn(new Operation.DeleteRange(KeyRange.single(Key.of(key)), false)))
                .revision();
    }

    static Operation.Txn txn(Operation... operations) {
        return new Operation.Txn(List.of(), List.of(operations), List.of());
    }

    Optional<String> get(String key) {
        return get(key, Revision.ZERO);
    }

    Optional<String> get(String key, Revision at) {
        Answer.OfRange answer = store.range(
                        new Operation.Range(KeyRange.single(Key.of(key)), at, 0), Consistency.LINEARIZABLE)
                .answer();
        return answer.items().stream().map(item -> item.value().utf8()).findFirst();
    }

    List<String> keys(String prefix) {
        return store
                .range(new Operation.Range(KeyRange.prefix(Key.of(prefix))), Consistency.SERIALIZABLE)
                .answer()
                .items()
                .stream()
                .map(KeyValue::key)
                .map(Key::toString)
                .toList();
    }

    WatchStream watch(String prefix, long start) {
        return store.watch(new WatchRequest(KeyRange.prefix(Key.of(prefix)), new Revision(start), true));
    }

    /** Events as text, until so many have come. */
    static List<String> take(WatchStream watch, int count) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (seen.size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("only " + seen + " within " + PATIENCE);
            }
            watch.next(Duration.ofMillis(200))
                    .ifPresent(batch ->
                            batch.events().stream().map(StoreScript::text).forEach(seen::add));
        }
        return seen;
    }

    static String text(Event event) {
        String previous =
                event.previous() == null ? "" : " was " + event.previous().value();
        String now = event.type() == Event.Type.DELETE
                ? " deleted"
                : "=" + event.now().value();
        return event.now().modified() + " " + event.now().key() + now + previous;
    }

    @Override
    public void close() {
        store.close();
    }
}
