package io.kvorum.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchRequest;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.restore.SnapshotRestore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTest {
    @TempDir
    private Path folder;

    @Test
    void aRestoredStoreHasTheSameHashAsARealEtcdRestoredFromTheSameFile() throws Exception {
        RealEtcd.mustBeInstalled();
        Path file = folder.resolve("a.db");
        SnapshotWriter.write(file, MemoryContent.lively(8, 20_000, 300));
        RealEtcd.Ran ran = RealEtcd.etcdctl(
                "snapshot", "restore", file.toString(), "--data-dir=" + folder.resolve("data"), "--name=default");
        assertThat(ran.code()).as("%s", ran).isZero();

        Revision revision = SnapshotRestore.into(folder.resolve("state"), file, 0);

        try (EmbeddedStore store = open();
                RealEtcd etcd = RealEtcd.start(folder)) {
            assertThat(store.revision()).isEqualTo(revision);
            assertThat(store.upkeep().hashHistory(Revision.ZERO).hash()).isEqualTo(etcd.hashHistory());
        }
    }

    @Test
    void everyObjectIsThereAndRevisionsNeverRunBackwards() {
        MemoryContent content = new MemoryContent();
        content.grant(7);
        content.put("a", Bytes.utf8("1"), new LeaseId(7));
        content.put("b", Bytes.utf8("1"));
        content.put("b", Bytes.utf8("2"));
        content.put("c", Bytes.utf8("1"));
        content.delete("c");
        long seen = content.revision + 1000;
        Path file = folder.resolve("a.db");
        SnapshotWriter.write(file, content);

        SnapshotRestore.into(folder.resolve("state"), file, SnapshotRestore.REVISION_JUMP);

        try (EmbeddedStore store = open()) {
            var all = store.range(new Operation.Range(KeyRange.all()), Consistency.LINEARIZABLE);
            assertThat(all.answer().items())
                    .extracting(each -> each.key().bytes().utf8())
                    .containsExactly("a", "b");
            assertThat(all.answer().items().getFirst()).isEqualTo(content.alive.get(Key.of("a")));
            assertThat(store.leases().keysOf(new LeaseId(7))).containsExactly(Key.of("a"));
            assertThat(store.revision().value()).isGreaterThan(seen);
            assertThatThrownBy(() -> store.watch(new WatchRequest(KeyRange.all(), new Revision(seen), false)))
                    .isInstanceOf(StoreException.Compacted.class);
            long before = store.revision().value();
            var put = new Operation.Put(Key.of("d"), Bytes.utf8("1"));
            assertThat(store.txn(new Operation.Txn(List.of(), List.of(put), List.of()))
                            .revision()
                            .value())
                    .isEqualTo(before + 1);
        }
        try (EmbeddedStore store = open()) {
            assertThat(store.revision().value()).isGreaterThan(seen);
        }
    }

    @Test
    void aSnapshotOfARestoredStoreRestoresInARealEtcd() throws Exception {
        RealEtcd.mustBeInstalled();
        Path file = folder.resolve("a.db");
        MemoryContent content = MemoryContent.lively(9, 500, 100);
        SnapshotWriter.write(file, content);
        SnapshotRestore.into(folder.resolve("state"), file, SnapshotRestore.REVISION_JUMP);
        Path again = folder.resolve("again.db");
        long revision;
        try (EmbeddedStore store = open()) {
            revision = store.revision().value();
            awaitSwept(store);
            try (var state = store.freeze()) {
                SnapshotWriter.write(again, new StoreContent(state));
            }
        }

        RealEtcd.Ran ran = RealEtcd.etcdctl(
                "snapshot", "restore", again.toString(), "--data-dir=" + folder.resolve("data"), "--name=default");
        assertThat(ran.code()).as("%s", ran).isZero();
        try (RealEtcd etcd = RealEtcd.start(folder)) {
            assertThat(etcd.all(0)).isEqualTo(content.alive);
            etcd.put("after", Bytes.utf8("1"), 0);
            assertThat(etcd.all(0).get(Key.of("after")).modified().value()).isEqualTo(revision + 1);
        }
    }

    @Test
    void aDamagedFileIsRefused() throws Exception {
        Path file = folder.resolve("a.db");
        SnapshotWriter.write(file, MemoryContent.lively(8, 100, 300));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);

        assertThatThrownBy(() -> SnapshotRestore.into(folder.resolve("state"), file, 0))
                .isInstanceOf(SnapshotDamaged.class);
    }

    private static void awaitSwept(EmbeddedStore store) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        boolean isSwept = false;
        while (!isSwept) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try (var state = store.freeze()) {
                isSwept = state.swept().equals(state.compacted());
            }
        }
    }

    private EmbeddedStore open() {
        return EmbeddedStore.open(
                EngineConfig.in(folder.resolve("state")), new SingleMemberLog(), InstantSource.system());
    }
}
