package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** etcd's guarantees: ordered, unique, reliable, atomic, resumable, bookmarkable. */
class WatchTest {
    /** So little memory that watchers are often sent to the disk. */
    private static final long LITTLE = 20_000;

    @TempDir
    Path folder;

    @Test
    void aRevisionIsNeverSplitBetweenBatches() throws Exception {
        try (StoreScript script = StoreScript.in(folder);
                WatchStream watch = script.watch("k", 0)) {
            List<Operation> puts = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                puts.add(new Operation.Put(Key.of("k" + i), Bytes.utf8("x".repeat(400))));
            }
            script.store().txn(StoreScript.txn(puts.toArray(new Operation[0])));
            script.put("k", "last");

            assertThat(nextEvents(watch).events()).hasSizeGreaterThanOrEqualTo(3000);
        }
    }

    @Test
    void aWatchThatBeginsBehindThisReplicaReportsNoProgressBeforeItIsThere() throws Exception {
        try (StoreScript script = StoreScript.in(folder);
                WatchStream watch = script.watch("k", 4)) {
            watch.requestProgress();
            assertThat(watch.next(Duration.ZERO)).isEmpty();

            script.put("other", "2");
            script.put("other", "3");
            assertThat(watch.next(Duration.ZERO).orElseThrow().upTo()).isEqualTo(new Revision(3));
        }
    }

    private static WatchBatch nextEvents(WatchStream watch) throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            Optional<WatchBatch> batch = watch.next(Duration.ofMillis(200));
            if (batch.isPresent() && !batch.get().events().isEmpty()) {
                return batch.get();
            }
        }
        throw new AssertionError("no events");
    }

    @Test
    void aWatcherThatFellOutOfMemoryIsFedFromDiskWithoutAGap() throws Exception {
        try (StoreScript script = StoreScript.with(EngineConfig.in(folder).withHistoryBytes(LITTLE));
                WatchStream watch = script.watch("k", 0)) {
            for (int i = 0; i < 3000; i++) {
                script.put("k" + i % 10, Integer.toString(i));
            }
            List<String> seen = StoreScript.take(watch, 3000);

            assertThat(seen.getFirst()).isEqualTo("2 k0=0");
            assertThat(seen.getLast()).isEqualTo("3001 k9=2999 was 2989");
            for (int i = 0; i < 3000; i++) {
                assertThat(seen.get(i)).startsWith((i + 2) + " k" + i % 10 + "=" + i);
            }
        }
    }

    @Test
    void aWatchOnCompactedHistoryLearnsWhereItMayResume() {
        try (StoreScript script = StoreScript.in(folder)) {
            for (int i = 0; i < 10; i++) {
                script.put("k", "" + i);
            }
            script.store().compact(new Revision(6));

            assertThatThrownBy(() -> script.watch("k", 5))
                    .isInstanceOfSatisfying(
                            StoreException.Compacted.class,
                            compacted -> assertThat(compacted.compacted()).isEqualTo(new Revision(6)));
            script.watch("k", 6).close();
        }
    }

    @Test
    void aWatcherThatCompactionOvertookIsTold() throws Exception {
        try (StoreScript script = StoreScript.with(EngineConfig.in(folder).withHistoryBytes(LITTLE));
                WatchStream watch = script.watch("k", 0)) {
            Revision last = Revision.ZERO;
            for (int i = 0; i < 2000; i++) {
                last = script.put("k", "" + i);
            }
            script.store().compact(last);

            assertThatThrownBy(() -> StoreScript.take(watch, 2000)).isInstanceOf(StoreException.Compacted.class);
        }
    }

    @Test
    void aWatchBeginsAtItsRevisionAlsoWhenThatIsStillToCome() throws Exception {
        try (StoreScript script = StoreScript.in(folder);
                WatchStream watch = script.watch("k", 4)) {
            script.put("k", "2");
            script.put("k", "3");
            script.put("k", "4");

            assertThat(StoreScript.take(watch, 1)).containsExactly("4 k=4 was 3");
        }
    }

    @Test
    void keysPrefixesAndIntervalsSeeTheirOwnOnly() throws Exception {
        try (StoreScript script = StoreScript.in(folder);
                WatchStream single = watch(script, KeyRange.single(Key.of("b")));
                WatchStream prefix = watch(script, KeyRange.prefix(Key.of("b")));
                WatchStream interval = watch(script, KeyRange.between(Bytes.utf8("a"), Bytes.utf8("b0")));
                WatchStream all = watch(script, KeyRange.all())) {
            for (String key : List.of("a", "b", "b1", "c")) {
                script.put(key, "x");
            }
            assertThat(StoreScript.take(single, 1)).containsExactly("3 b=x");
            assertThat(StoreScript.take(prefix, 2)).containsExactly("3 b=x", "4 b1=x");
            assertThat(StoreScript.take(interval, 2)).containsExactly("2 a=x", "3 b=x");
            assertThat(StoreScript.take(all, 4)).containsExactly("2 a=x", "3 b=x", "4 b1=x", "5 c=x");
        }
    }

    private static WatchStream watch(StoreScript script, KeyRange range) {
        return script.store().watch(new WatchRequest(range, Revision.ZERO, false));
    }

    @Test
    void closingTheStoreOrTheWatchWakesItsReader() throws Exception {
        StoreScript script = StoreScript.in(folder);
        WatchStream watch = script.watch("k", 0);
        WatchStream other = script.watch("k", 0);
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waiting = readers.submit(() -> watch.next(Duration.ofMinutes(1)));
            Future<?> closed = readers.submit(() -> other.next(Duration.ofMinutes(1)));
            other.close();
            script.close();

            assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StoreException.Stopped.class);
            assertThatThrownBy(() -> closed.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreException.Stopped.class);
        }
    }

    /** Writers, compaction and watchers of different pace and place, all at once; each watcher must see its whole truth. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyWatcherSeesEveryEventOfItsRangeOnceAndInOrder(long seed) throws Exception {
        int writes = 1500;
        EngineConfig config = EngineConfig.in(folder).withHistoryBytes(LITTLE);
        try (StoreScript script = StoreScript.with(config);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Event>>> watchers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                watchers.add(threads.submit(watcher(script, i % 4, new Random(seed * 100 + i))));
            }
            Random random = new Random(seed);
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                int number = writer;
                writers.add(threads.submit(() -> write(script, number, writes / 8, random)));
            }
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
            script.put("k0/end", "end");
            script.put("k1/end", "end");
            script.put("k2/end", "end");
            script.put("k3/end", "end");
            for (int i = 0; i < watchers.size(); i++) {
                assertThat(watchers.get(i).get(60, TimeUnit.SECONDS))
                        .as("seed %d, watcher %d", seed, i)
                        .isEqualTo(history(script, "k" + i % 4));
            }
        }
    }

    private static Callable<List<Event>> watcher(StoreScript script, int group, Random random) {
        WatchStream watch =
                script.store().watch(new WatchRequest(KeyRange.prefix(Key.of("k" + group)), new Revision(2), false));
        return () -> {
            List<Event> seen = new ArrayList<>();
            Revision told = new Revision(1);
            while (seen.isEmpty() || !seen.getLast().now().value().utf8().equals("end")) {
                Optional<WatchBatch> batch = watch.next(Duration.ofMillis(random.nextInt(20)));
                if (batch.isPresent()) {
                    assertThat(batch.get().upTo()).isGreaterThanOrEqualTo(told);
                    for (Event event : batch.get().events()) {
                        assertThat(event.now().modified()).isGreaterThan(told);
                        assertThat(event.now().modified())
                                .isLessThanOrEqualTo(batch.get().upTo());
                    }
                    told = batch.get().upTo();
                    seen.addAll(batch.get().events());
                }
                if (random.nextInt(10) == 0) {
                    // Falls behind for a while.
                    LockSupport.parkNanos(random.nextInt(30_000_000));
                }
            }
            watch.close();
            return seen;
        };
    }

    private static void write(StoreScript script, int writer, int count, Random random) {
        for (int i = 0; i < count; i++) {
            String key = "k%d/%d".formatted((writer + i) % 4, random.nextInt(20));
            if (random.nextInt(5) == 0) {
                script.delete(key);
            } else {
                script.put(key, writer + "-" + i + "x".repeat(random.nextInt(200)));
            }
        }
    }

    private static List<Event> history(StoreScript script, String prefix) throws InterruptedException {
        try (WatchStream watch =
                script.store().watch(new WatchRequest(KeyRange.prefix(Key.of(prefix)), new Revision(2), false))) {
            List<Event> seen = new ArrayList<>();
            while (seen.isEmpty() || !seen.getLast().now().value().utf8().equals("end")) {
                watch.next(Duration.ofSeconds(1)).ifPresent(batch -> seen.addAll(batch.events()));
            }
            return seen;
        }
    }
}
