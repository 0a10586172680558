package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand watches and one reader: each gets what it would get alone. */
class WatchGroupTest {
    /** So little memory that watches that lag are sent to the disk. */
    private static final long LITTLE = 20_000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** What the reader of a group has heard, watch by watch. */
    private static final class Reader {
        private final WatchGroup<String> group;
        private final Map<String, List<String>> heard = new TreeMap<>();
        private final Map<String, Revision> told = new TreeMap<>();
        private final Map<String, Revision> overtaken = new TreeMap<>();

        Reader(StoreScript script) {
            this.group = script.store().watches();
        }

        OpenWatch open(String name, String prefix, long start) {
            return group.open(
                    new WatchRequest(KeyRange.prefix(Key.of(prefix)), new Revision(start), name.startsWith("previous")),
                    name);
        }

        /** Whether there was anything. */
        boolean read(Duration patience) throws InterruptedException {
            Optional<WatchNews<String>> news = group.next(patience);
            news.ifPresent(this::note);
            return news.isPresent();
        }

        private void note(WatchNews<String> news) {
            switch (news) {
                case WatchNews.Happened<String>(String name, WatchBatch batch) -> {
                    Revision before = told.getOrDefault(name, Revision.ZERO);
                    assertThat(batch.upTo()).isGreaterThanOrEqualTo(before);
                    for (Event event : batch.events()) {
                        assertThat(event.now().modified()).isGreaterThan(before);
                        of(name).add(StoreScript.text(event));
                    }
                    told.put(name, batch.upTo());
                }
                case WatchNews.Overtaken<String>(String name, Revision compacted) -> overtaken.put(name, compacted);
            }
        }

        List<String> of(String name) {
            return heard.computeIfAbsent(name, unheard -> new ArrayList<>());
        }

        void readUntil(java.util.function.BooleanSupplier isEnough) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!isEnough.getAsBoolean()) {
                assertThat(System.nanoTime()).as("in time; heard %s", heard).isLessThan(deadline);
                read(Duration.ofMillis(100));
            }
        }
    }

    @Test
    void eachWatchHearsOfItsOwnRangeAsItWasAskedFor() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            Reader reader = new Reader(script);
            reader.open("all", "k", 0);
            reader.open("previous", "k1", 0);
            reader.open("late", "k", 4);
            script.put("k1", "a");
            script.put("k1", "b");
            script.put("k2", "c");

            reader.readUntil(
                    () -> reader.of("late").size() == 1 && reader.of("all").size() == 3);
            assertThat(reader.of("all")).containsExactly("2 k1=a", "3 k1=b", "4 k2=c");
            assertThat(reader.of("previous")).containsExactly("2 k1=a", "3 k1=b was a");
            assertThat(reader.of("late")).containsExactly("4 k2=c");
        }
    }

    @Test
    void aWatchThatReadsALongHistoryDoesNotKeepTheOthersWaiting() throws Exception {
        try (StoreScript script = StoreScript.with(EngineConfig.in(folder).withHistoryBytes(LITTLE))) {
            String value = "x".repeat(400_000);
            for (int i = 0; i < 30; i++) {
                script.put("k" + i, value);
            }
            Reader reader = new Reader(script);
            reader.open("history", "k", 2);
            reader.open("now", "n", 0);
            script.put("n", "1");

            reader.readUntil(() -> !reader.of("now").isEmpty());
            assertThat(reader.of("history")).hasSizeLessThan(30);
            reader.readUntil(() -> reader.of("history").size() == 30);
        }
    }

    @Test
    void whatDoesNotFitIntoMemoryIsReadFromTheHistoryInstead() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            Reader reader = new Reader(script);
            int watches = 500;
            int changes = 250;
            for (int i = 0; i < watches; i++) {
                reader.open("watch-" + i, "k", 0);
            }
            List<String> all = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                all.add(script.put("k", "" + i) + " k=" + i);
            }
            reader.readUntil(() -> reader.heard.size() == watches
                    && reader.heard.values().stream().allMatch(heard -> heard.size() == changes));
            assertThat(reader.heard.values())
                    .allSatisfy(heard -> assertThat(heard).containsExactlyElementsOf(all));
        }
    }

    @Test
    void aWatchThatCompactionOvertookIsNamedAndTheOthersGoOn() throws Exception {
        try (StoreScript script = StoreScript.with(EngineConfig.in(folder).withHistoryBytes(LITTLE))) {
            Reader reader = new Reader(script);
            reader.open("behind", "k", 0);
            reader.open("idle", "n", 0);
            Revision last = Revision.ZERO;
            for (int i = 0; i < 2000; i++) {
                last = script.put("k", "" + i);
            }
            script.store().compact(last);
            script.put("n", "1");

            reader.readUntil(() -> !reader.of("idle").isEmpty() && !reader.overtaken.isEmpty());
            assertThat(reader.overtaken).isEqualTo(Map.of("behind", last));
        }
    }

    @Test
    void whoAsksForProgressHearsHowFarTheWatchHasCome() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            Reader reader = new Reader(script);
            OpenWatch watch = reader.open("quiet", "k", 0);
            Revision newest = script.put("other", "1");
            assertThat(reader.read(Duration.ZERO)).isFalse();

            watch.requestProgress();
            reader.readUntil(() -> newest.equals(reader.told.get("quiet")));
            assertThat(reader.of("quiet")).isEmpty();
        }
    }

    @Test
    void aClosedWatchIsHeardOfNoMore() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            Reader reader = new Reader(script);
            reader.open("closed", "k", 0).close();
            reader.open("open", "k", 0);
            script.put("k", "1");

            reader.readUntil(() -> !reader.of("open").isEmpty());
            assertThat(reader.of("closed")).isEmpty();
        }
    }

    @Test
    void closingTheStoreOrTheGroupWakesItsReader() throws Exception {
        StoreScript script = StoreScript.in(folder);
        WatchGroup<String> watches = script.store().watches();
        WatchGroup<String> closed = script.store().watches();
        watches.open(new WatchRequest(KeyRange.all(), Revision.ZERO, false), "one");
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waiting = readers.submit(() -> watches.next(Duration.ofMinutes(1)));
            Future<?> other = readers.submit(() -> closed.next(Duration.ofMinutes(1)));
            closed.close();
            script.close();

            assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StoreException.Stopped.class);
            assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreException.Stopped.class);
        }
    }

    /** Writers, watches of different places, a reader that stops now and then: each watch must see its whole truth. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyWatchSeesEveryEventOfItsRangeOnceAndInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        EngineConfig config = EngineConfig.in(folder).withHistoryBytes(LITTLE);
        try (StoreScript script = StoreScript.with(config);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Reader reader = new Reader(script);
            for (int i = 0; i < 40; i++) {
                reader.open("watch-" + i, "k" + i % 4, 2);
            }
            Future<?> writer = threads.submit(() -> write(script, 1500, new Random(seed)));
            Revision[] last = new Revision[1];
            while (last[0] == null || reader.told.values().stream().anyMatch(told -> told.isBefore(last[0]))) {
                reader.read(Duration.ofMillis(random.nextInt(20)));
                if (random.nextInt(200) == 0) {
                    LockSupport.parkNanos(random.nextInt(30_000_000));
                }
                if (last[0] == null && writer.isDone()) {
                    writer.get();
                    for (int i = 0; i < 4; i++) {
                        last[0] = script.put("k" + i, "end");
                    }
                    last[0] = new Revision(last[0].value() - 3);
                }
            }
            for (int i = 0; i < 40; i++) {
                String name = "watch-" + i;
                reader.readUntil(() -> reader.of(name).getLast().endsWith("=end"));
                assertThat(reader.of(name)).as("seed %d, %s", seed, name).isEqualTo(history(script, "k" + i % 4));
            }
        }
    }

    private static void write(StoreScript script, int count, Random random) {
        for (int i = 0; i < count; i++) {
            String key = "k%d/%d".formatted(i % 4, random.nextInt(20));
            if (random.nextInt(5) == 0) {
                script.delete(key);
            } else {
                script.put(key, i + "x".repeat(random.nextInt(200)));
            }
        }
    }

    private static List<String> history(StoreScript script, String prefix) throws InterruptedException {
        Reader alone = new Reader(script);
        alone.open("alone", prefix, 2);
        alone.readUntil(() ->
                !alone.of("alone").isEmpty() && alone.of("alone").getLast().endsWith("=end"));
        return alone.of("alone");
    }
}
