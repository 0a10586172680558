package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A content in memory, which can act as a small store; used by one thread. */
final class MemoryContent implements SnapshotContent {
    final Map<EtcdBucket, NavigableMap<Bytes, Bytes>> buckets = new EnumMap<>(EtcdBucket.class);
    final NavigableMap<Key, KeyValue> alive = new TreeMap<>();
    long revision = 1;

    MemoryContent() {
        for (EtcdBucket each : EtcdBucket.values()) {
            buckets.put(each, new TreeMap<>());
        }
        facts(new SnapshotFacts(
                7, 2, new Revision(0), new Revision(0), Optional.of("3.4.0"), Optional.empty(), Optional.empty()));
    }

    static MemoryContent copyOf(SnapshotContent other) {
        MemoryContent copy = new MemoryContent();
        for (EtcdBucket each : EtcdBucket.values()) {
            copy.buckets.get(each).clear();
            other.scan(each, (key, value) -> copy.buckets.get(each).put(key, value));
        }
        return copy;
    }

    void facts(SnapshotFacts facts) {
        buckets.put(EtcdBucket.META, new TreeMap<>(facts.ofMeta()));
        buckets.put(EtcdBucket.CLUSTER, new TreeMap<>(facts.ofCluster()));
    }

    void put(String key, Bytes value) {
        put(key, value, LeaseId.NONE);
    }

    /** A lease of one hour; the number is below 128. */
    LeaseId grant(int id) {
        Bytes name = Bytes.wrap(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) id});
        buckets.get(EtcdBucket.LEASE).put(name, Bytes.wrap(new byte[] {8, (byte) id, 16, (byte) 0x90, 0x1c}));
        return new LeaseId(id);
    }

    void put(String key, Bytes value, LeaseId lease) {
        revision++;
        Key name = Key.of(key);
        KeyValue before = alive.get(name);
        KeyValue item = new KeyValue(
                name,
                value,
                before == null ? new Revision(revision) : before.created(),
                new Revision(revision),
                before == null ? 1 : before.version() + 1,
                lease);
        alive.put(name, item);
        buckets.get(EtcdBucket.KEY).put(new RevisionKey(revision, 0).ofValue(), RecordCodec.encode(item));
    }

    void delete(String key) {
        revision++;
        alive.remove(Key.of(key));
        Bytes name = Bytes.utf8(key);
        Bytes record = Bytes.wrap(new byte[] {10, (byte) name.length()}).concat(name);
        buckets.get(EtcdBucket.KEY).put(new RevisionKey(revision, 0).ofTombstone(), record);
    }

    /** Many keys, some changed and some deleted again. */
    static MemoryContent lively(long seed, int changes, int mostValueBytes) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryContent content = new MemoryContent();
        for (int i = 0; i < changes; i++) {
            String key = "/registry/pods/" + random.nextInt(Math.max(1, changes * 4 / 5));
            if (random.nextInt(10) == 0 && content.alive.containsKey(Key.of(key))) {
                content.delete(key);
            } else {
                content.put(key, value(random, random.nextInt(mostValueBytes)));
            }
        }
        return content;
    }

    static Bytes value(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    @Override
    public void scan(EtcdBucket bucket, Visitor visitor) {
        buckets.get(bucket).forEach(visitor::visit);
    }
}
