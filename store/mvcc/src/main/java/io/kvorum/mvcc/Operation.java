package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.List;

/** What a transaction can do. */
public sealed interface Operation {
    /** Writes one key. */
    record Put(Key key, Bytes value, LeaseId lease, boolean wantsPrevious, boolean keepsValue, boolean keepsLease)
            implements Operation {
        public Put(Key key, Bytes value) {
            this(key, value, LeaseId.NONE, false, false, false);
        }
    }

    /** Deletes every key of a range. */
    record DeleteRange(KeyRange range, boolean wantsPrevious) implements Operation {}

    /**
     * Reads a range.
     *
     * @param at the revision to read at; {@link Revision#ZERO} means the newest
     * @param limit most items in the answer; 0 means no limit
     */
    record Range(
            KeyRange range,
            Revision at,
            long limit,
            SortOrder order,
            SortTarget target,
            boolean keysOnly,
            boolean countOnly,
            RevisionFilter filter)
            implements Operation {
        public Range(KeyRange range) {
            this(range, Revision.ZERO, 0);
        }

        public Range(KeyRange range, Revision at, long limit) {
            this(range, at, limit, SortOrder.NONE, SortTarget.KEY, false, false, RevisionFilter.NONE);
        }
    }

    /** A transaction: {@code success} if all compares hold, else {@code failure}; may be nested. */
    record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure) implements Operation {
        public Txn {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }
    }

    /** Order of a range's items. */
    enum SortOrder {
        NONE,
        ASCENDING,
        DESCENDING
    }

    /** What a range's items are sorted by. */
    enum SortTarget {
        KEY,
        VERSION,
        CREATED,
        MODIFIED,
        VALUE
    }

    /** Bounds on the revisions of a range's items, each inclusive; zero means no bound. */
    record RevisionFilter(long minModified, long maxModified, long minCreated, long maxCreated) {
        public static final RevisionFilter NONE = new RevisionFilter(0, 0, 0, 0);
    }
}
