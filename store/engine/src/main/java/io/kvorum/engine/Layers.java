package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Changes;
import io.kvorum.mvcc.Table;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What is applied and not yet in the file: one layer that gathers, and one before it while that is being written. Who
 * takes hold of them before looking at the file misses nothing: what has left them since is in the file.
 *
 * @param leaving null while nothing is being written
 */
record Layers(@Nullable Layer leaving, Layer gathering) {
    static Layers none() {
        return new Layers(null, new Layer());
    }

    /** What became of the key; null when the file has to be asked. */
    Changes.@Nullable Change find(Table table, Bytes key) {
        Changes.Change found = gathering.find(table, key);
        return found == null && leaving != null ? leaving.find(table, key) : found;
    }

    /** What they know from the key (inclusive) on, in order. */
    Walk from(Table table, Bytes key) {
        return new Walk(
                gathering.from(table, key).values().iterator(),
                leaving == null ? null : leaving.from(table, key).values().iterator());
    }

    long bytes() {
        return gathering.bytes() + (leaving == null ? 0 : leaving.bytes());
    }

    /** Goes through both layers at once; of two entries with one key the newer counts. Used by one thread. */
    static final class Walk {
        private final Iterator<Changes.Change> newer;
        private final @Nullable Iterator<Changes.Change> older;
        private Changes.@Nullable Change nextNewer;
        private Changes.@Nullable Change nextOlder;

        private Walk(Iterator<Changes.Change> newer, @Nullable Iterator<Changes.Change> older) {
            this.newer = newer;
            this.older = older;
            nextNewer = next(newer);
            nextOlder = next(older);
        }

        private static Changes.@Nullable Change next(@Nullable Iterator<Changes.Change> of) {
            return of != null && of.hasNext() ? of.next() : null;
        }

        /** The next entry, which stays the next one until {@link #pass}; null at the end. */
        Changes.@Nullable Change peek() {
            if (nextNewer == null || nextOlder == null) {
                return nextNewer == null ? nextOlder : nextNewer;
            }
            return nextNewer.key().compareTo(nextOlder.key()) <= 0 ? nextNewer : nextOlder;
        }

        void pass() {
            Changes.Change passed = peek();
            if (passed == null) {
                return;
            }
            if (nextNewer != null && nextNewer.key().equals(passed.key())) {
                nextNewer = next(newer);
            }
            if (nextOlder != null && nextOlder.key().equals(passed.key())) {
                nextOlder = next(older);
            }
        }
    }
}
