package io.kvorum.node.snapshots;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.EtcdBucket;
import io.kvorum.snapshot.SnapshotContent;
import java.util.Map;
import java.util.TreeMap;

/** A snapshot's content made of keys and texts; used by one thread. */
final class SnapshotOf implements SnapshotContent {
    private final Map<Bytes, Bytes> records = new TreeMap<>();

    SnapshotOf(Map<String, String> objects) {
        this(bytes(objects), Revision.ZERO.next());
    }

    static SnapshotOf values(Map<String, Bytes> objects) {
        return new SnapshotOf(objects, Revision.ZERO.next());
    }

    private static Map<String, Bytes> bytes(Map<String, String> objects) {
        Map<String, Bytes> values = new TreeMap<>();
        objects.forEach((key, text) -> values.put(key, Bytes.utf8(text)));
        return values;
    }

    private SnapshotOf(Map<String, Bytes> objects, Revision before) {
        long revision = before.value();
        for (var each : new TreeMap<>(objects).entrySet()) {
            revision++;
            var at = new Revision(revision);
            var item = new KeyValue(Key.of(each.getKey()), each.getValue(), at, at, 1, LeaseId.NONE);
            records.put(new RevisionKey(revision, 0).ofValue(), RecordCodec.encode(item));
        }
    }

    @Override
    public void scan(EtcdBucket bucket, Visitor visitor) {
        if (bucket == EtcdBucket.KEY) {
            records.forEach(visitor::visit);
        }
    }
}
