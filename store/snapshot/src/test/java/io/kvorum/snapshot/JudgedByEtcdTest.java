package io.kvorum.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots travel between a real etcd and us in both directions without a difference. */
class JudgedByEtcdTest {
    private static final int LARGE = 1536 * 1024 - 256;

    @TempDir
    private Path folder;

    @BeforeEach
    void judge() {
        RealEtcd.mustBeInstalled();
    }

    @Test
    void etcdctlSeesInOurSnapshotsWhatWeSee() throws Exception {
        assertSameStatus(new MemoryContent());
        MemoryContent one = new MemoryContent();
        one.put("alone", Bytes.utf8("value"));
        assertSameStatus(one);
        assertSameStatus(MemoryContent.lively(1, 100_000, 200));
        assertSameStatus(large());
    }

    private void assertSameStatus(MemoryContent content) throws Exception {
        Path file = folder.resolve("ours.db");
        SnapshotStatus written = SnapshotWriter.write(file, content);

        assertThat(RealEtcd.status(file)).isEqualTo(written);
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.status()).isEqualTo(written);
            assertThat(MemoryContent.copyOf(snapshot).buckets).isEqualTo(content.buckets);
        }
    }

    private static MemoryContent large() {
        SplittableRandom random = new SplittableRandom(2);
        MemoryContent content = new MemoryContent();
        for (int i = 0; i < 40; i++) {
            int length = i % 2 == 0 ? random.nextInt(LARGE) : random.nextInt(9000);
            content.put("large/" + i % 30, MemoryContent.value(random, length));
        }
        content.put("largest", MemoryContent.value(random, LARGE));
        return content;
    }

    @Test
    void aRealEtcdRestoredFromOurSnapshotServesTheSameKeysAndHistory() throws Exception {
        MemoryContent content = large();
        long between = content.revision;
        NavigableMap<Key, KeyValue> then = new TreeMap<>(content.alive);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 5000; i++) {
            String key = "small/" + random.nextInt(3000);
            if (content.alive.containsKey(Key.of(key)) && random.nextBoolean()) {
                content.delete(key);
            } else {
                content.put(key, MemoryContent.value(random, random.nextInt(3000)));
            }
        }

        try (RealEtcd etcd = restored(content)) {
            assertThat(etcd.all(0)).isEqualTo(content.alive);
            assertThat(etcd.all(between)).isEqualTo(then);
            etcd.put("after", Bytes.utf8("restore"), 0);
            etcd.delete("largest");
            assertThat(etcd.all(0).get(Key.of("after")).modified()).isEqualTo(new Revision(content.revision + 1));

            Path again = folder.resolve("again.db");
            etcd.save(again);
            try (SnapshotFile snapshot = SnapshotFile.open(again)) {
                NavigableMap<Bytes, Bytes> history =
                        MemoryContent.copyOf(snapshot).buckets.get(EtcdBucket.KEY);
                assertThat(history).containsAllEntriesOf(content.buckets.get(EtcdBucket.KEY));
                assertThat(history).hasSize(content.buckets.get(EtcdBucket.KEY).size() + 2);
            }
        }
    }

    @Test
    void aRealEtcdRestoredFromOurSnapshotKnowsTheLeasesAndTheCompaction() throws Exception {
        MemoryContent content = new MemoryContent();
        content.put("gone", Bytes.utf8("x"));
        content.buckets.get(EtcdBucket.KEY).clear();
        content.alive.clear();
        content.put("leased", Bytes.utf8("x"), content.grant(77));
        content.facts(new SnapshotFacts(
                7, 2, new Revision(2), new Revision(2), Optional.of("3.4.0"), Optional.empty(), Optional.empty()));

        try (RealEtcd etcd = restored(content)) {
            assertThat(etcd.all(0)).isEqualTo(content.alive);
            String lease = etcd.call("kv/lease/timetolive", "{\"ID\":77,\"keys\":true}");
            assertThat(RealEtcd.number(lease, "grantedTTL")).isEqualTo(3600);
            assertThat(lease).contains("bGVhc2Vk");
            assertThatThrownBy(() -> etcd.all(1)).hasMessageContaining("compacted");
        }
    }

    private RealEtcd restored(MemoryContent content) throws Exception {
        Path file = folder.resolve("ours.db");
        SnapshotWriter.write(file, content);
        RealEtcd.Ran ran = RealEtcd.etcdctl(
                "snapshot", "restore", file.toString(), "--data-dir=" + folder.resolve("data"), "--name=default");
        assertThat(ran.code()).as("%s", ran).isZero();
        return RealEtcd.start(folder);
    }

    @Test
    void weReadWhatARealEtcdSaved() throws Exception {
        Path file = folder.resolve("theirs.db");
        NavigableMap<Key, KeyValue> served;
        try (RealEtcd etcd = RealEtcd.start(folder)) {
            live(etcd);
            served = etcd.all(0);
            etcd.save(file);
        }

        try (SnapshotFile snapshot = SnapshotFile.open(file);
                SnapshotFile database = SnapshotFile.openUnverified(folder.resolve("data/member/snap/db"))) {
            NavigableMap<Key, KeyValue> read = aliveIn(snapshot);
            assertThat(read).isEqualTo(served);
            assertThat(aliveIn(database)).isEqualTo(served);
            assertThat(snapshot.status()).isEqualTo(RealEtcd.status(file));
            assertThat(snapshot.facts().finishedCompaction()).isEqualTo(new Revision(1000));
            assertThat(snapshot.facts().scheduledCompaction()).isEqualTo(new Revision(1000));
            assertThat(snapshot.facts().clusterVersion()).contains("3.4.0");
            assertThat(snapshot.facts().appliedIndex()).isPositive();
            assertThat(MemoryContent.copyOf(snapshot).buckets.get(EtcdBucket.LEASE))
                    .hasSize(20);
            assertThat(MemoryContent.copyOf(snapshot).buckets.get(EtcdBucket.MEMBERS))
                    .hasSize(1);
        }
        Path copy = folder.resolve("copy.db");
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            SnapshotStatus copied = SnapshotWriter.write(copy, snapshot);
            assertThat(copied.hash()).isEqualTo(snapshot.status().hash());
            assertThat(copied).isEqualTo(RealEtcd.status(copy));
            assertThat(Files.size(copy)).isLessThanOrEqualTo(Files.size(file));
        }
    }

    private static void live(RealEtcd etcd) throws Exception {
        SplittableRandom random = new SplittableRandom(4);
        for (int lease = 1; lease <= 20; lease++) {
            etcd.call("lease/grant", "{\"ID\":%d,\"TTL\":3600}".formatted(lease));
            etcd.put("leased/" + lease, Bytes.utf8("x"), lease);
        }
        for (int i = 0; i < 2000; i++) {
            String key = "key/" + random.nextInt(600);
            if (random.nextInt(8) == 0) {
                etcd.delete(key);
            } else {
                etcd.put(key, MemoryContent.value(random, random.nextInt(4000)), 0);
            }
        }
        for (int i = 0; i < 4; i++) {
            etcd.put("large/" + i, MemoryContent.value(random, LARGE - i * 100_000), 0);
        }
        etcd.call("kv/compaction", "{\"revision\":1000,\"physical\":true}");
        for (int i = 0; i < 300; i++) {
            etcd.put("later/" + i, MemoryContent.value(random, random.nextInt(2000)), 0);
        }
    }

    private static NavigableMap<Key, KeyValue> aliveIn(SnapshotFile snapshot) {
        NavigableMap<Key, KeyValue> alive = new TreeMap<>();
        snapshot.history((at, isDeletion, record) -> {
            if (isDeletion) {
                alive.remove(record.key());
            } else {
                assertThat(record.modified().value()).isEqualTo(at.main());
                alive.put(record.key(), record);
            }
        });
        return alive;
    }
}
