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
        long revision = 1;
        for (var each : new TreeMap<>(objects).entrySet()) {
            revision++;
            var at = new Revision(revision);
            var item = new KeyValue(Key.of(each.getKey()), Bytes.utf8(each.getValue()), at, at, 1, LeaseId.NONE);
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
