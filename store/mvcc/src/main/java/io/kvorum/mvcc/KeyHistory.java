package io.kvorum.mvcc;

import java.util.Arrays;

/**
 * The revisions of one key, oldest first, across all its generations; the newest one's creation and version beside
 * them (older ones have theirs in their records). Immutable for readers on any thread.
 *
 * <p>Two numbers a change: the revision, and its place inside the revision with a mark for a deletion in the lowest
 * bit. A put at 5.0, a deletion at 7.2 and a put at 9.0 are {@code [5,0, 7,5, 9,0]}. Successors share the array: a
 * reader never looks behind its own {@code length}, and only the one writer appends to the newest history.
 */
final class KeyHistory {
    private static final long[] NOTHING = {};
    static final KeyHistory EMPTY = new KeyHistory(NOTHING, 0, 0, 0);

    private final long[] cells;
    private final int length;
    private final long created;
    private final long version;

    private KeyHistory(long[] cells, int length, long created, long version) {
        this.cells = cells;
        this.length = length;
        this.created = created;
        this.version = version;
    }

    /** A put with the creation and version that the history itself tells. */
    KeyHistory put(long main, long sub) {
        return isAlive() ? put(main, sub, created, version + 1) : put(main, sub, main, 1);
    }

    KeyHistory put(long main, long sub, long itsCreated, long itsVersion) {
        return append(main, sub << 1, itsCreated, itsVersion);
    }

    KeyHistory delete(long main, long sub) {
        return append(main, (sub << 1) | 1, 0, 0);
    }

    private KeyHistory append(long main, long mark, long itsCreated, long itsVersion) {
        int needed = 2 * (length + 1);
        long[] target = cells.length >= needed ? cells : Arrays.copyOf(cells, length == 0 ? 2 : 4 * length);
        target[needed - 2] = main;
        target[needed - 1] = mark;
        return new KeyHistory(target, length + 1, itsCreated, itsVersion);
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean isAlive() {
        return length > 0 && !isDeletion(length - 1);
    }

    /** The revision that created the newest generation; 0 when the key is deleted. */
    long created() {
        return created;
    }

    /** The newest version; 0 when the key is deleted. */
    long version() {
        return version;
    }

    long modified() {
        return isAlive() ? main(length - 1) : 0;
    }

    /** Place of the last change at or before the revision; -1 when there is none or it is a deletion. */
    int aliveAt(long revision) {
        int place = lastAt(revision);
        return place < 0 || isDeletion(place) ? -1 : place;
    }

    RevisionKey revision(int place) {
        return new RevisionKey(main(place), cells[2 * place + 1] >> 1);
    }

    boolean contains(RevisionKey revision) {
        int place = lastAt(revision.main());
        return place >= 0 && revision(place).equals(revision);
    }

    /**
     * What stays after compaction: the last change at or before the revision and all behind it. A deletion before the
     * revision goes; one exactly at it stays, since a watch may still begin there (as in etcd).
     */
    KeyHistory compactedAt(long revision) {
        int keepFrom = Math.max(lastAt(revision), 0);
        if (length > 0 && isDeletion(keepFrom) && main(keepFrom) < revision) {
            keepFrom++;
        }
        if (keepFrom == 0) {
            return this;
        }
        return keepFrom == length
                ? EMPTY
                : new KeyHistory(
                        Arrays.copyOfRange(cells, 2 * keepFrom, 2 * length), length - keepFrom, created, version);
    }

    private int lastAt(long revision) {
        if (length > 0 && main(length - 1) <= revision) {
            return length - 1;
        }
        int low = 0;
        int high = length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (main(middle) <= revision) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return low - 1;
    }

    private long main(int place) {
        return cells[2 * place];
    }

    private boolean isDeletion(int place) {
        return (cells[2 * place + 1] & 1) == 1;
    }
}
