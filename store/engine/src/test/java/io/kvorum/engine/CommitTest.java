package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.Proposal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store does with what the log does. */
class CommitTest {
    @TempDir
    Path folder;

    private final SimulatedLog log = new SimulatedLog(42);

    @Test
    void aWriteIsAnsweredOnlyOnceItIsCommitted() throws Exception {
        try (StoreScript script = open("a");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            log.hold();
            List<Future<Revision>> writes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String key = "k" + i;
                writes.add(callers.submit(() -> script.put(key, "1")));
            }
            await(() -> log.held() == 50);
            assertThat(writes).noneMatch(Future::isDone);
            assertThat(script.keys("k")).isEmpty();

            log.release();

            List<Revision> revisions = new ArrayList<>();
            for (Future<Revision> write : writes) {
                revisions.add(write.get(10, TimeUnit.SECONDS));
            }
            assertThat(revisions).doesNotHaveDuplicates().hasSize(50);
            assertThat(script.keys("k")).hasSize(50);
        }
    }

    @Test
    void whatTheLogRefusesIsToldApart() {
        try (StoreScript script = open("a")) {
            assertRefusal(script, new Proposal.Refusal.Busy(), StoreException.Busy.class);
            assertRefusal(script, new Proposal.Refusal.NoLeader(), StoreException.NoQuorum.class);
            assertRefusal(script, new Proposal.Refusal.Unknown("moved"), StoreException.OutcomeUnknown.class);
            assertRefusal(script, new Proposal.Refusal.Stopped("broken"), StoreException.Stopped.class);
        }
    }

    private void assertRefusal(StoreScript script, Proposal.Refusal refusal, Class<? extends StoreException> expected) {
        log.refuse(refusal);
        assertThatThrownBy(() -> script.put("a", "1")).isInstanceOf(expected);
    }

    @Test
    void aWriteThatIsNotAppliedInTimeTimesOut() {
        EngineConfig config = EngineConfig.in(folder).withRequestDeadline(Duration.ofMillis(50));
        try (StoreScript script = StoreScript.on(config, log)) {
            log.hold();

            assertThatThrownBy(() -> script.put("a", "1")).isInstanceOf(StoreException.TimedOut.class);
        }
    }

    @Test
    void withoutQuorumWritesAndLinearizableReadsFailAndSerializableReadsGoOn() {
        try (StoreScript script = open("a")) {
            script.put("a", "1");
            log.loseQuorum();

            assertThatThrownBy(() -> script.put("a", "2")).isInstanceOf(StoreException.NoQuorum.class);
            assertThatThrownBy(() -> script.get("a")).isInstanceOf(StoreException.NoQuorum.class);
            assertThat(script.keys("a")).containsExactly("a");
            assertThat(script.store().status().quorumLostAt()).isNotNull();

            log.electSelf(2);
            assertThat(script.store().status().quorumLostAt()).isNull();
            assertThat(script.get("a")).contains("1");
        }
    }

    @Test
    void aFenceHoldsForTheTermTheEntryIsCommittedIn() throws Exception {
        try (StoreScript script = open("a");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            script.put("a", "1", new Fence(1));
            log.hold();
            Future<Revision> late = callers.submit(() -> script.put("a", "2", new Fence(1)));
            await(() -> log.held() == 1);
            log.electSelf(2);
            log.release();

            assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreException.Deposed.class);
            assertThat(script.get("a")).contains("1");
            assertThat(script.put("a", "3", new Fence(2))).isEqualTo(new Revision(3));
        }
    }

    @Test
    void listenersHearEveryChangeOfLeadershipInOrder() {
        try (StoreScript script = open("a")) {
            List<String> heard = new CopyOnWriteArrayList<>();
            script.store().onLeadership(fence -> heard.add(String.valueOf(fence)));
            log.loseQuorum();
            log.electSelf(5);

            await(() -> heard.size() == 3);
            assertThat(heard).containsExactly("Fence[term=1]", "null", "Fence[term=5]");
        }
    }

    @Test
    void manyReadersShareOneBarrier() throws Exception {
        try (StoreScript script = open("a");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            script.put("a", "1");
            int before = log.barriers();
            List<Future<?>> reads = new ArrayList<>();
            synchronized (log) {
                for (int i = 0; i < 500; i++) {
                    reads.add(callers.submit(() -> script.get("a")));
                }
            }
            for (Future<?> read : reads) {
                read.get(20, TimeUnit.SECONDS);
            }
            assertThat(log.barriers() - before).isLessThan(400);
        }
    }

    @Test
    void entriesThatAreInTheStateAlreadyDoNotHappenTwice() {
        try (StoreScript script = open("a")) {
            script.put("a", "1");
            script.put("a", "2");
            log.repeat(2);

            assertThat(script.store().status().revision()).isEqualTo(new Revision(3));
            assertThat(script.put("a", "3")).isEqualTo(new Revision(4));
        }
    }

    @Test
    void anEmptyStoreReplaysTheLogToTheSameState() {
        try (StoreScript script = open("a")) {
            for (int i = 0; i < 100; i++) {
                script.put("k" + i % 7, "v" + i);
            }
        }
        try (StoreScript script = open("b")) {
            assertThat(script.store().status().revision()).isEqualTo(new Revision(101));
            assertThat(script.get("k1")).contains("v99");
            assertThat(script.get("k0", new Revision(2))).contains("v0");
        }
    }

    @Test
    void anEntryOfAnUnknownFormatStopsTheStoreInsteadOfForkingHistory() {
        try (StoreScript script = open("a")) {
            script.put("a", "1");
            assertThatThrownBy(() -> log.propose(new ForeignEntry())).isInstanceOf(IllegalArgumentException.class);

            assertThatThrownBy(() -> script.put("a", "2"))
                    .isInstanceOf(StoreException.Stopped.class)
                    .hasMessageContaining("update it");
        }
    }

    private static final class ForeignEntry implements Proposal {
        @Override
        public Bytes entry() {
            return Bytes.wrap(new byte[] {99});
        }

        @Override
        public void refused(Refusal refusal) {
            throw new AssertionError("not refused by this log");
        }
    }

    @Test
    void aSnapshotTakesThePlaceOfTheStateAndWatchersGoOn() throws Exception {
        Path snapshot = Files.createDirectory(folder.resolve("snapshot"));
        LogPosition saved;
        try (StoreScript source = open("a")) {
            source.put("a/1", "x");
            source.put("b/1", "x");
            source.put("a/1", "y");
            saved = log.saveSnapshot(snapshot);
        }
        assertThat(snapshot).isDirectoryContaining("glob:**/data.mdb");
        assertThat(saved).isEqualTo(new LogPosition(1, 3));

        SimulatedLog emptyLog = new SimulatedLog(1);
        try (StoreScript behind = StoreScript.on(EngineConfig.in(folder.resolve("b")), emptyLog);
                WatchStream watch = behind.watch("a/", 2)) {
            assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
            emptyLog.loadSnapshot(snapshot);

            assertThat(StoreScript.take(watch, 2)).containsExactly("2 a/1=x", "4 a/1=y was x");
            assertThat(behind.keys("a")).containsExactly("a/1");
            assertThat(behind.store().status().appliedIndex()).isEqualTo(3);
        }
        try (StoreScript again = StoreScript.on(EngineConfig.in(folder.resolve("b")), new SimulatedLog(1))) {
            assertThat(again.keys("a")).containsExactly("a/1");
        }
    }

    private StoreScript open(String name) {
        return StoreScript.on(EngineConfig.in(folder.resolve(name)), log);
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + StoreScript.PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the condition came in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
