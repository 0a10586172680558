package io.kvorum.bench.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.EtcdBucket;
import io.kvorum.snapshot.SnapshotContent;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.SnapshotWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;

/**
 * A program: writes a snapshot that holds what another one holds and so many further keys; ConfigMaps where the keys are to
 * be objects. Arguments: the old file, the new one, how many, bytes of each value, {@code objects} or {@code keys}.
 */
public final class GrownSnapshot {
    private GrownSnapshot() {}

    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[2]);
        int bytes = Integer.parseInt(arguments[3]);
        boolean areObjects = arguments[4].equals("objects");
        try (SnapshotFile old = SnapshotFile.open(Path.of(arguments[0]))) {
            SnapshotWriter.write(Path.of(arguments[1]), new Grown(old, count, bytes, areObjects));
        }
    }

    /** What the old one holds, then the further keys, each in a revision of its own. */
    private record Grown(SnapshotFile old, int count, int bytes, boolean areObjects) implements SnapshotContent {
        @Override
        public void scan(EtcdBucket bucket, Visitor visitor) {
            long[] newest = {1};
            old.scan(bucket, (key, value) -> {
                if (bucket == EtcdBucket.KEY) {
                    newest[0] = RevisionKey.parse(key).main();
                }
                visitor.visit(key, value);
            });
            if (bucket == EtcdBucket.KEY) {
                addTo(visitor, newest[0]);
            }
        }

        private void addTo(Visitor visitor, long newest) {
            var chance = new Random(1);
            for (int i = 0; i < count; i++) {
                var at = new Revision(newest + 1 + i);
                String name = "grown-%07d".formatted(i);
                Key key = Key.of((areObjects ? "/registry/configmaps/default/" : "/grown/") + name);
                var item = new KeyValue(key, value(name, chance), at, at, 1, LeaseId.NONE);
                visitor.visit(new RevisionKey(at.value(), 0).ofValue(), RecordCodec.encode(item));
            }
        }

        private Bytes value(String name, Random chance) {
            byte[] random = new byte[bytes / 2];
            chance.nextBytes(random);
            String text = HexFormat.of().formatHex(random);
            String value = areObjects
                    ? ("{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"default\",\"uid\":\"%s\","
                                    + "\"creationTimestamp\":\"2026-01-01T00:00:00Z\"},\"data\":{\"a\":\"%s\"}}")
                            .formatted(name, UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)), text)
                    : text;
            return Bytes.utf8(value);
        }
    }
}
