package io.kvorum.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.engine.Allowance;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.FrozenState;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.mvcc.AuthChange;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.SingleMemberLog;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running store's state reaches a real etcd by way of a snapshot. */
class StoreContentTest {
    @TempDir
    private Path folder;

    private EmbeddedStore store;

    @BeforeEach
    void open() {
        RealEtcd.mustBeInstalled();
        store = EmbeddedStore.open(
                EngineConfig.in(folder.resolve("store")), new SingleMemberLog(), InstantSource.system());
        store.members().describeSelf("o\"ne", List.of("https://127.0.0.1:2380"), List.of("https://127.0.0.1:2379"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aRealEtcdServesWhatTheStoreHeldWhenItWasFrozen() throws Exception {
        long lease = store.leases().grant(new LeaseId(77), 3600, Allowance.ANYONE);
        assertThat(lease).isEqualTo(3600);
        for (int i = 0; i < 300; i++) {
            put("key-" + i % 90, "value-" + i, LeaseId.NONE);
        }
        put("leased", "1", new LeaseId(77));
        delete("key-7");
        Revision between = store.revision();
        store.compactPhysically(new Revision(200));
        delete("key-8");
        put("key-7", "again", LeaseId.NONE);

        Path file = folder.resolve("ours.db");
        NavigableMap<Key, KeyValue> then;
        Revision frozen;
        SnapshotStatus status;
        try (FrozenState state = store.freeze()) {
            then = all(Revision.ZERO);
            frozen = store.revision();
            put("later", "not in the snapshot", LeaseId.NONE);
            status = SnapshotWriter.write(file, new StoreContent(state));
        }
        assertThat(status.revision()).isEqualTo(frozen);
        assertThat(RealEtcd.status(file)).isEqualTo(status);
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.facts().appliedIndex()).isPositive();
            assertThat(snapshot.facts().finishedCompaction()).isEqualTo(new Revision(200));
            assertThat(MemoryContent.copyOf(snapshot)
                            .buckets
                            .get(EtcdBucket.MEMBERS)
                            .values())
                    .allMatch(json -> json.utf8().contains("\"name\":\"o\\\"ne\",\"clientURLs\":[\"https://"));
        }
        try (RealEtcd etcd = restored(file)) {
            assertThat(etcd.all(0)).isEqualTo(then);
            assertThat(etcd.all(between.value())).isEqualTo(all(between));
            assertThatThrownBy(() -> etcd.all(199)).hasMessageContaining("compacted");
            String left = etcd.call("kv/lease/timetolive", "{\"ID\":77,\"keys\":true}");
            assertThat(RealEtcd.number(left, "grantedTTL")).isEqualTo(3600);
            assertThat(left).contains("bGVhc2Vk");
            etcd.put("next", Bytes.utf8("1"), 0);
            assertThat(etcd.all(0).get(Key.of("next")).modified()).isEqualTo(new Revision(frozen.value() + 1));
        }
    }

    @Test
    void aCompactionThatIsNotSweptYetIsFinishedByTheRealEtcd() throws Exception {
        for (int i = 0; i < 50; i++) {
            put("key", "value-" + i, LeaseId.NONE);
        }
        Path file = folder.resolve("ours.db");
        store.compact(new Revision(40));
        try (FrozenState state = store.freeze()) {
            assertThat(state.compacted()).isEqualTo(new Revision(40));
            SnapshotWriter.write(file, new StoreContent(state));
        }
        try (RealEtcd etcd = restored(file)) {
            assertThat(etcd.all(0)).isEqualTo(all(Revision.ZERO));
            assertThatThrownBy(() -> etcd.all(39)).hasMessageContaining("compacted");
        }
    }

    @Test
    void usersKeepTheirPasswordsAndRights() throws Exception {
        put("a", "1", LeaseId.NONE);
        change(new AuthChange.AddRole("reader"));
        change(new AuthChange.AddUser("root", store.accounts().hashed("rootsecret"), true));
        change(new AuthChange.GrantRole("root", "root"));
        change(new AuthChange.AddUser("ann", store.accounts().hashed("annsecret"), true));
        change(new AuthChange.GrantRole("ann", "reader"));
        change(new AuthChange.Enable());
        store.upkeep().raise(new Alarm(99, Alarm.Kind.NO_SPACE));

        Path file = folder.resolve("ours.db");
        try (FrozenState state = store.freeze()) {
            SnapshotWriter.write(file, new StoreContent(state));
        }
        try (RealEtcd etcd = restored(file)) {
            assertThat(etcd.run("--user=root:rootsecret", "get", "a").out()).isEqualTo("a\n1\n");
            assertThat(etcd.run("--user=ann:annsecret", "get", "a").log()).contains("permission denied");
            assertThat(etcd.run("--user=ann:wrong", "get", "a").log()).contains("invalid user ID or password");
            assertThat(etcd.run("--user=root:rootsecret", "alarm", "list").out())
                    .isEqualTo("memberID:99 alarm:NOSPACE \n");
        }
    }

    private RealEtcd restored(Path file) throws Exception {
        RealEtcd.Ran ran = RealEtcd.etcdctl(
                "snapshot", "restore", file.toString(), "--data-dir=" + folder.resolve("data"), "--name=default");
        assertThat(ran.code()).as("%s", ran).isZero();
        return RealEtcd.start(folder);
    }

    private void change(AuthChange change) {
        store.accounts().change(change, Allowance.ANYONE);
    }

    private void put(String key, String value, LeaseId lease) {
        run(new Operation.Put(Key.of(key), Bytes.utf8(value), lease, false, false, false));
    }

    private void delete(String key) {
        run(new Operation.DeleteRange(KeyRange.single(Key.of(key)), false));
    }

    private void run(Operation operation) {
        var ignored = store.txn(new Operation.Txn(List.of(), List.of(operation), List.of()), Allowance.ANYONE);
    }

    private NavigableMap<Key, KeyValue> all(Revision at) {
        NavigableMap<Key, KeyValue> found = new TreeMap<>();
        store.range(
                        new Operation.Range(new KeyRange(Bytes.wrap(new byte[] {0}), null), at, 0),
                        Consistency.SERIALIZABLE)
                .answer()
                .items()
                .forEach(item -> found.put(item.key(), item));
        return found;
    }
}
