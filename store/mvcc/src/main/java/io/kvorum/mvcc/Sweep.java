package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes compacted history in bounded steps: first from the index, key by key, then from the disk, record by record;
 * a record stays if the index still knows it. A crash in between costs nothing: the sweep begins anew. One thread.
 *
 * <pre>
 *   idle --aimAt--> index --last key--> records --last record--> idle, or index again for a newer aim
 * </pre>
 */
final class Sweep {
    private enum Phase {
        IDLE,
        INDEX,
        RECORDS
    }

    /** A key costs far less than a record: a step may look at so many more of them. */
    private static final int KEYS_A_RECORD = 16;

    private final KeyIndex index;
    private Phase phase = Phase.IDLE;
    private long wanted;
    private long target;
    private @Nullable Key lastKey;
    private Bytes nextRecord = Bytes.EMPTY;

    Sweep(KeyIndex index) {
        this.index = index;
    }

    void aimAt(long revision) {
        wanted = revision;
        if (phase == Phase.IDLE) {
            begin();
        }
    }

    private void begin() {
        target = wanted;
        lastKey = null;
        nextRecord = Bytes.EMPTY;
        phase = Phase.INDEX;
    }

    boolean hasWork() {
        return phase != Phase.IDLE;
    }

    void step(Changes changes, int mostEntries) {
        switch (phase) {
            case IDLE -> {}
            case INDEX -> sweepIndex(mostEntries * KEYS_A_RECORD);
            case RECORDS -> sweepRecords(changes, mostEntries);
        }
    }

    private void sweepIndex(int mostKeys) {
        for (int i = 0; i < mostKeys; i++) {
            Map.Entry<Key, KeyHistory> entry = lastKey == null ? index.first() : index.after(lastKey);
            if (entry == null) {
                phase = Phase.RECORDS;
                return;
            }
            lastKey = entry.getKey();
            KeyHistory kept = entry.getValue().compactedAt(target);
            if (kept != entry.getValue()) {
                index.write(entry.getKey(), kept);
            }
        }
    }

    private void sweepRecords(Changes changes, int mostEntries) {
        int[] seen = {0};
        boolean[] isCut = {false};
        changes.before().scan(Table.RECORDS, nextRecord, (key, record) -> {
            RevisionKey at = RevisionKey.parse(key);
            if (at.main() > target) {
                return false;
            }
            if (seen[0]++ == mostEntries) {
                isCut[0] = true;
                nextRecord = key;
                return false;
            }
            if (!index.history(RecordCodec.keyOf(record)).contains(at)) {
                changes.delete(Table.RECORDS, key);
            }
            return true;
        });
        if (!isCut[0]) {
            finish(changes);
        }
    }

    private void finish(Changes changes) {
        changes.put(Table.META, Mvcc.SWEPT, Mvcc.number(target));
        phase = Phase.IDLE;
        if (wanted > target) {
            begin();
        }
    }
}
