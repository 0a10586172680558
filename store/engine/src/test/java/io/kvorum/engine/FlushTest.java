package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.LeaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between the answer to a write and its way to the file; the test says when that is gone. */
class FlushTest {
    @TempDir
    Path folder;

    private final SimulatedLog log = new SimulatedLog(7);
    private final ByHand flushes = new ByHand();

    /** Flushes when told; closing is a crash. */
    private static final class ByHand implements FlushSchedule {
        private final Deque<Runnable> due = new ArrayDeque<>();
        private final Deque<Runnable> urgent = new ArrayDeque<>();

        @Override
        public synchronized void due(Runnable flush) {
            due.add(flush);
        }

        synchronized void run() {
            List.copyOf(due).forEach(Runnable::run);
            due.clear();
        }

        @Override
        public synchronized void plenty(Runnable flush) {
            urgent.add(flush);
        }

        /** Returns whether there was any. */
        synchronized boolean runUrgent() {
            List<Runnable> all = List.copyOf(urgent);
            urgent.clear();
            all.forEach(Runnable::run);
            return !all.isEmpty();
        }

        @Override
        public void swept(Runnable flush) {
            // The next flush takes it along.
        }

        @Override
        public void close(Runnable flush) {
            // A crash.
        }
    }

    private StoreScript open(String name) {
        return StoreScript.of(EmbeddedStore.open(
                EngineConfig.in(folder.resolve(name)), log, InstantSource.system(), () -> 0L, flushes));
    }

    @Test
    void aWriteIsReadAndWatchedBeforeItIsInTheFile() throws Exception {
        try (StoreScript script = open("a");
                WatchStream watch = script.watch("k", 2)) {
            script.put("k", "1");
            script.put("k", "2");
            script.delete("k");
            script.put("k", "3");

            assertThat(script.get("k")).contains("3");
            assertThat(script.get("k", new Revision(3))).contains("2");
            assertThat(StoreScript.take(watch, 4))
                    .containsExactly("2 k=1", "3 k=2 was 1", "4 k deleted was 2", "5 k=3");
            assertThat(log.applied().index()).isZero();

            flushes.run();

            assertThat(log.applied().index()).isEqualTo(4);
            assertThat(script.get("k")).contains("3");
            assertThat(script.get("k", new Revision(3))).contains("2");
        }
    }

    @Test
    void muchThatWaitsIsWrittenWithoutMoreWaiting() throws Exception {
        String large = "v".repeat(1 << 20);
        try (StoreScript script = open("a")) {
            for (int i = 0; i < 3; i++) {
                script.put("k" + i, large);
            }
            assertThat(flushes.runUrgent()).isFalse();

            for (int i = 3; i < 6; i++) {
                script.put("k" + i, large);
            }
            assertThat(flushes.runUrgent()).isTrue();

            assertThat(log.applied().index()).isGreaterThanOrEqualTo(5);
            script.put("k", "1");
            assertThat(flushes.runUrgent()).isFalse();
        }
    }

    @Test
    void whatACrashTakesTheLogGivesBack() throws Exception {
        Random random = new Random(11);
        List<String> before = List.of();
        int hash = 0;
        try (StoreScript script = open("a")) {
            for (int i = 0; i < 400; i++) {
                act(script, random, i);
                if (random.nextInt(20) == 0) {
                    flushes.run();
                }
                if (random.nextInt(40) == 0) {
                    check(script, copy("crash-" + i));
                }
            }
            before = state(script);
            hash = script.store().upkeep().hashHistory(Revision.ZERO).hash();
        }
        try (StoreScript script = open("a")) {
            assertThat(state(script)).isEqualTo(before);
            assertThat(script.store().upkeep().hashHistory(Revision.ZERO).hash())
                    .isEqualTo(hash);
        }
    }

    private static void act(StoreScript script, Random random, int i) {
        switch (random.nextInt(10)) {
            case 0 -> script.delete("k" + random.nextInt(10));
            case 1 -> script.store().leases().grant(new LeaseId(1000 + i), 100, Allowance.ANYONE);
            case 2 -> {
                long to = script.store().revision().value() - random.nextInt(5);
                if (to > script.store().status().compacted().value() && random.nextInt(4) == 0) {
                    script.store().compact(new Revision(to));
                }
            }
            default -> script.put("k" + random.nextInt(10), "v" + i);
        }
    }

    /** What a power cut leaves at this moment: the files as they are. */
    private Path copy(String name) throws IOException {
        Path source = folder.resolve("a");
        Path target = folder.resolve(name);
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path to = target.resolve(source.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else if (!file.endsWith("lock.mdb")) {
                    Files.copy(file, to);
                }
            }
        }
        return target;
    }

    private void check(StoreScript original, Path copy) {
        SimulatedLog again = log.copy();
        try (StoreScript script = StoreScript.of(
                EmbeddedStore.open(EngineConfig.in(copy), again, InstantSource.system(), () -> 0L, new ByHand()))) {
            assertThat(state(script)).isEqualTo(state(original));
        }
    }

    private static List<String> state(StoreScript script) {
        List<String> state = new ArrayList<>();
        script.keys("k").forEach(key -> state.add(key + "=" + script.get(key)));
        state.add(script.store().status().revision() + " "
                + script.store().status().compacted());
        state.add(script.store().leasesNow().toString());
        return state;
    }

    @Test
    void readersSeeTheSameThroughAllFlushes() throws Exception {
        try (StoreScript script = open("a");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> readers = new ArrayList<>();
            script.put("k", "0");
            long[] end = {System.nanoTime() + TimeUnit.SECONDS.toNanos(1)};
            for (int reader = 0; reader < 4; reader++) {
                readers.add(callers.submit(() -> {
                    long last = 0;
                    while (System.nanoTime() < end[0]) {
                        long now = Long.parseLong(script.get("k").orElseThrow());
                        assertThat(now).isGreaterThanOrEqualTo(last);
                        assertThat(script.get("k", new Revision(now + 2))).contains(Long.toString(now));
                        last = now;
                    }
                }));
            }
            for (long i = 1; System.nanoTime() < end[0]; i++) {
                script.put("k", Long.toString(i));
                if (i % 7 == 0) {
                    flushes.run();
                }
            }
            for (Future<?> reader : readers) {
                reader.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void persistingSaysHowFarTheFileGoes() {
        try (StoreScript script = open("a")) {
            script.put("k", "1");
            script.store().leases().grant(new LeaseId(5), 100, Allowance.ANYONE);

            assertThat(log.applied().index()).isZero();
            assertThat(log.persist().index()).isEqualTo(2);
            assertThat(log.applied().index()).isEqualTo(2);
        }
    }

    @Test
    void aReaderThatWaitsIsToldAtOnceThatTheStoreEnds() throws Exception {
        try (StoreScript script = open("a");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            log.promise(1_000);
            Future<?> read = callers.submit(() -> script.get("k"));
            CommitTest.await(() -> log.barriers() > 0);

            script.store().close();

            assertThatThrownBy(() -> read.get(2, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreException.Stopped.class);
        }
    }

    @Test
    void whoWaitsForAnEntryThatCameWithASnapshotIsToldAtOnce() throws Exception {
        Path snapshot = Files.createDirectories(folder.resolve("snapshot"));
        try (StoreScript script = open("a");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            script.put("k", "1");
            log.saveSnapshot(snapshot);
            log.hold();
            Future<?> write = callers.submit(() -> script.put("k", "2"));
            CommitTest.await(() -> log.held() == 1);

            log.loadSnapshot(snapshot);

            assertThatThrownBy(() -> write.get(2, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StoreException.OutcomeUnknown.class);
        }
    }
}
