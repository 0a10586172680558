package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.KeyRange;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The hash by which etcd's members compare their histories: CRC-32C over keys and records of the table, in order. Of
 * compacted revisions only those count that are still the newest one of their key at the revision hashed, and deletions
 * never: how far a member has got with removing the others must not show. Stateless; any thread may call it.
 */
final class HistoryHash {
    private HistoryHash() {}

    static int of(KeyIndex index, long upTo, long compacted, StoredState state) {
        Set<RevisionKey> kept = newestAt(index, upTo);
        CRC32C hash = new CRC32C();
        hash.update(Bytes.utf8(Table.RECORDS.text()).asReadOnlyBuffer());
        state.scan(Table.RECORDS, Bytes.EMPTY, (key, record) -> {
            RevisionKey at = RevisionKey.parse(key);
            if (at.main() > upTo) {
                return false;
            }
            if (at.main() > compacted || kept.isEmpty() || kept.contains(at)) {
                hash.update(key.asReadOnlyBuffer());
                hash.update(record.asReadOnlyBuffer());
            }
            return true;
        });
        return (int) hash.getValue();
    }

    private static Set<RevisionKey> newestAt(KeyIndex index, long revision) {
        Set<RevisionKey> newest = new HashSet<>();
        for (KeyHistory history : index.in(KeyRange.all()).values()) {
            int place = history.aliveAt(revision);
            if (place >= 0) {
                newest.add(history.revision(place));
            }
        }
        return newest;
    }
}
