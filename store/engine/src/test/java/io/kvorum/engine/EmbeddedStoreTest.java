package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {
    @TempDir
    Path folder;

    @Test
    void aNewStoreIsAtRevisionOneAndEachWriteMakesTheNext() {
        try (StoreScript script = StoreScript.in(folder)) {
            assertThat(script.store().status().revision()).isEqualTo(new Revision(1));

            assertThat(script.put("a", "1")).isEqualTo(new Revision(2));
            assertThat(script.put("b", "1")).isEqualTo(new Revision(3));
            assertThat(script.delete("a")).isEqualTo(new Revision(4));

            assertThat(script.get("a")).isEmpty();
            assertThat(script.get("a", new Revision(3))).contains("1");
            assertThat(script.keys("b")).containsExactly("b");
        }
    }

    @Test
    void revisionsGoOnAfterARestart() {
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("a", "1");
            script.put("a", "2");
            script.restart();

            assertThat(script.get("a")).contains("2");
            assertThat(script.get("a", new Revision(2))).contains("1");
            assertThat(script.put("a", "3")).isEqualTo(new Revision(4));
        }
    }

    @Test
    void aGuardedWriteFailsWhenTheKeyHasChanged() {
        try (StoreScript script = StoreScript.in(folder)) {
            Revision first = script.put("a", "1");
            Operation put = new Operation.Put(Key.of("a"), Bytes.utf8("2"));
            Operation.Txn guarded =
                    new Operation.Txn(List.of(Compare.isModifiedAt(Key.of("a"), first)), List.of(put), List.of());

            assertThat(script.store().txn(guarded).answer().succeeded()).isTrue();
            assertThat(script.store().txn(guarded).answer().succeeded()).isFalse();
        }
    }

    @Test
    void aTransactionThatWritesAKeyTwiceIsInvalid() {
        try (StoreScript script = StoreScript.in(folder)) {
            Operation put = new Operation.Put(Key.of("a"), Bytes.utf8("2"));

            assertThatThrownBy(() -> script.store().txn(StoreScript.txn(put, put)))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessage("duplicate key given in txn request");
        }
    }

    @Test
    void aWriteOverTheLimitIsTooLarge() {
        try (StoreScript script = StoreScript.in(folder)) {
            assertThatThrownBy(() -> script.put("a", "x".repeat(2_000_000)))
                    .isInstanceOf(StoreException.TooLarge.class);
        }
    }

    @Test
    void compactedAndFutureRevisionsAreRefused() {
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("a", "1");
            script.put("a", "2");
            script.put("a", "3");
            script.store().compact(new Revision(3));

            assertThatThrownBy(() -> script.get("a", new Revision(2))).isInstanceOf(StoreException.Compacted.class);
            assertThat(script.get("a", new Revision(3))).contains("2");
            assertThatThrownBy(() -> script.get("a", new Revision(9)))
                    .isInstanceOf(StoreException.FutureRevision.class);
            assertThatThrownBy(() -> script.store().compact(new Revision(3)))
                    .isInstanceOf(StoreException.Compacted.class);
            assertThatThrownBy(() -> script.store().compact(new Revision(9)))
                    .isInstanceOf(StoreException.FutureRevision.class);
        }
    }

    @Test
    void aFullStoreTakesDeletesAndCompactionOnlyAndRecovers() {
        try (StoreScript script = StoreScript.with(EngineConfig.in(folder).withQuotaBytes(2_000_000))) {
            int written = fill(script);

            for (int i = 0; i < written; i++) {
                script.delete("big-" + i);
            }
            script.store().compact(script.store().status().revision());

            awaitNotFull(script);
            assertThatThrownBy(() -> script.put("a", "1")).isInstanceOf(StoreException.Full.class);
            script.store().upkeep().alarms().forEach(script.store().upkeep()::end);
            assertThat(script.put("a", "2")).isNotNull();
        }
    }

    private static int fill(StoreScript script) {
        int written = 0;
        try {
            for (; written < 100; written++) {
                script.put("big-" + written, "x".repeat(100_000));
            }
        } catch (StoreException.Full e) {
            return written;
        }
        throw new AssertionError("never full");
    }

    private static void awaitNotFull(StoreScript script) {
        long deadline = System.nanoTime() + StoreScript.PATIENCE.toNanos();
        while (script.store().status().sizeInUseBytes() > 1_000_000) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void theLeaderIsToldItsFenceAndOldFencesAreDeposed() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            CompletableFuture<Fence> told = new CompletableFuture<>();
            script.store().onLeadership(told::complete);
            Fence fence = told.get(5, java.util.concurrent.TimeUnit.SECONDS);

            assertThat(script.put("a", "1", fence)).isEqualTo(new Revision(2));
            script.restart();

            assertThatThrownBy(() -> script.put("a", "2", fence)).isInstanceOf(StoreException.Deposed.class);
            assertThat(script.get("a")).contains("1");
        }
    }

    @Test
    void aClosedStoreSaysSo() {
        StoreScript script = StoreScript.in(folder);
        script.close();

        assertThatThrownBy(() -> script.put("a", "1")).isInstanceOf(StoreException.Stopped.class);
        assertThatThrownBy(() -> script.keys("a")).isInstanceOf(StoreException.Stopped.class);
    }

    @Test
    void aWatchSeesChangesInOrderWithWhatWasBefore() throws Exception {
        try (StoreScript script = StoreScript.in(folder);
                WatchStream watch = script.watch("a", 0)) {
            script.put("a/1", "x");
            script.put("b/1", "x");
            script.put("a/1", "y");
            script.delete("a/1");

            assertThat(StoreScript.take(watch, 3)).containsExactly("2 a/1=x", "4 a/1=y was x", "5 a/1 deleted was y");
        }
    }

    @Test
    void aWatchIsFedFromDiskAfterARestart() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("a/1", "x");
            script.put("b/1", "x");
            script.put("a/1", "y");
            script.restart();
            try (WatchStream watch = script.watch("a", 2)) {
                assertThat(StoreScript.take(watch, 2)).containsExactly("2 a/1=x", "4 a/1=y was x");
                script.delete("a/1");
                assertThat(StoreScript.take(watch, 1)).containsExactly("5 a/1 deleted was y");
            }
        }
    }

    @Test
    void anIdleWatchIsToldHowFarItHasCome() throws Exception {
        try (StoreScript script = StoreScript.in(folder);
                WatchStream watch = script.watch("a", 0)) {
            assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
            script.put("b", "1");

            assertThat(watch.next(Duration.ofMillis(1))).contains(new WatchBatch(new Revision(2), List.of()));
            assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
            watch.requestProgress();
            assertThat(watch.next(Duration.ofSeconds(10))).contains(new WatchBatch(new Revision(2), List.of()));
        }
    }
}
