package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.raft.SingleMemberLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {
    @TempDir
    private Path folder;

    @Test
    void defragmentingGivesTheDiskBackAndLosesNothingThatIsWrittenMeanwhile() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            for (int i = 0; i < 400; i++) {
                script.put("big", "x".repeat(50_000) + i);
            }
            script.store().upkeep().defragment(); // which first brings all of it to the file
            script.store().compactPhysically(script.store().status().revision());
            script.put("mark", "1");
            long before = script.store().status().sizeBytes();
            AtomicBoolean ends = new AtomicBoolean();
            AtomicInteger written = new AtomicInteger();
            Thread writer = Thread.ofVirtual().start(() -> {
                while (!ends.get()) {
                    script.put("key-" + written.get(), "1");
                    written.incrementAndGet();
                }
            });

            int hash = script.store().upkeep().hashHistory(new Revision(402)).hash();
            script.store().upkeep().defragment();
            script.store().upkeep().defragment();
            ends.set(true);
            writer.join();

            assertThat(script.store().status().sizeBytes()).isLessThan(before / 4);
            assertThat(script.store().upkeep().hashHistory(new Revision(402)).hash())
                    .isEqualTo(hash);
            script.restart();
            assertThat(script.keys("key-")).hasSize(written.get());
            assertThat(script.get("big").orElseThrow()).endsWith("399");
            assertThat(script.put("after", "1").value()).isEqualTo(403 + written.get());
        }
    }

    @Test
    void defragmentingWaitsForWhoLooksAtTheWholeStateAndSaysWhatItWaitedFor() throws Exception {
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("a", "1");
            FrozenState saving = script.store().freeze();
            assertThatThrownBy(() -> script.store().upkeep().defragment(Duration.ofMillis(50)))
                    .isInstanceOf(StoreException.Occupied.class)
                    .hasMessageContaining("snapshot");
            script.put("a", "2");
            Thread waiting =
                    Thread.ofVirtual().start(() -> script.store().upkeep().defragment());
            assertThat(waiting.join(Duration.ofMillis(50))).isFalse();

            saving.close();
            saving.close();

            assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
            assertThat(script.get("a")).contains("2");
            script.store().freeze().close();
        }
    }

    @Test
    void alarmsOutliveARestartAndHoldWritesBack() {
        Alarm alarm = new Alarm(9, Alarm.Kind.NO_SPACE);
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("a", "1");
            script.store().upkeep().raise(alarm);
            script.restart();

            assertThat(script.store().upkeep().alarms()).containsExactly(alarm);
            assertThatThrownBy(() -> script.put("a", "2")).isInstanceOf(StoreException.Full.class);
            script.delete("a");
            script.store().upkeep().end(alarm);
            script.put("a", "3");
            script.store().upkeep().raise(new Alarm(9, Alarm.Kind.CORRUPT));
            assertThatThrownBy(() -> script.get("a")).isInstanceOf(StoreException.Corrupt.class);
            assertThatThrownBy(() -> script.delete("a")).isInstanceOf(StoreException.Corrupt.class);
        }
    }

    @Test
    void aMemberWithoutRoomRaisesTheAlarmWhoeverWasAskedAndAgainAfterItIsDisarmedTooEarly() {
        EngineConfig config = EngineConfig.in(folder).withQuotaBytes(2 << 20);
        Alarm alarm = new Alarm(new SingleMemberLog().self().value(), Alarm.Kind.NO_SPACE);
        try (StoreScript script = StoreScript.with(config)) {
            script.put("large", "x".repeat(1_000_000));
            script.put("larger", "x".repeat(1_300_000)); // let in, as what other members let in: there was room
            CommitTest.await(() -> script.store().upkeep().alarms().contains(alarm));
            script.restart();
            assertThat(script.store().upkeep().alarms()).containsExactly(alarm);
            assertThatThrownBy(() -> script.put("a", "1")).isInstanceOf(StoreException.Full.class);

            script.store().upkeep().end(alarm);
            assertThatThrownBy(() -> script.put("a", "1")).isInstanceOf(StoreException.Full.class);
            assertThat(script.store().upkeep().alarms()).containsExactly(alarm);

            script.delete("large");
            script.delete("larger");
            script.store().compactPhysically(script.store().status().revision());
            script.store().upkeep().defragment();
            script.store().upkeep().end(alarm);
            script.put("a", "1");
            assertThat(script.store().upkeep().alarms()).isEmpty();
        }
    }

    @Test
    void theLeaderKeepsSoManyRevisionsByItself() {
        EngineConfig config = EngineConfig.in(folder).withAutoCompaction(new AutoCompaction.Revisions(3));
        try (StoreScript script = StoreScript.with(config)) {
            for (int i = 0; i < 10; i++) {
                script.put("a", "" + i);
            }
            CommitTest.await(() -> {
                script.store().autoCompactor().look();
                return script.store().status().compacted().equals(new Revision(8));
            });
        }
    }
}
