package io.kvorum.snapshot.catalogue;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.EtcdBucket;
import io.kvorum.snapshot.SnapshotContent;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A content made of a few objects; used by one thread. */
final class Objects implements SnapshotContent {
    private final NavigableMap<Bytes, Bytes> records = new TreeMap<>();
    private long revision = 1;

    Objects put(String key) {
        return put(key, "x");
    }

    Objects put(String key, String value) {
        revision++;
        var at = new Revision(revision);
        var item = new KeyValue(Key.of(key), Bytes.utf8(value), at, at, 1, LeaseId.NONE);
        records.put(new RevisionKey(revision, 0).ofValue(), RecordCodec.encode(item));
        return this;
    }

    Objects delete(String key) {
        revision++;
        Bytes name = Bytes.utf8(key);
        Bytes record = Bytes.wrap(new byte[] {10, (byte) name.length()}).concat(name);
        records.put(new RevisionKey(revision, 0).ofTombstone(), record);
        return this;
    }

    @Override
    public void scan(EtcdBucket bucket, Visitor visitor) {
        if (bucket == EtcdBucket.KEY) {
            records.forEach(visitor::visit);
        }
    }
}
