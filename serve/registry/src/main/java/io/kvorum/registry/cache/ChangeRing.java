package io.kvorum.registry.cache;

import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recent changes of one resource, bounded in bytes: the oldest ones fall out. Guarded by its owner's lock.
 *
 * <p>Positions count up for ever; {@code first} is the oldest position still held.
 */
final class ChangeRing {
    private static final int FIRST_CAPACITY = 64;

    private final long budgetBytes;
    private @Nullable Change[] slots = new Change[FIRST_CAPACITY];
    private long first;
    private long next;
    private long bytes;
    private Revision since;

    /** @param since every change after this revision will be in the ring until it falls out */
    ChangeRing(long budgetBytes, Revision since) {
        this.budgetBytes = budgetBytes;
        this.since = since;
    }

    /** All changes behind this revision are held. */
    Revision since() {
        return since;
    }

    long end() {
        return next;
    }

    boolean holds(long position) {
        return position >= first;
    }

    void add(Change change) {
        if (next - first == slots.length) {
            grow();
        }
        slots[slot(next)] = change;
        next++;
        bytes += change.bytes();
        while (bytes > budgetBytes && next - first > 1) {
            dropOldest();
        }
    }

    /** The position of the first change behind the revision, which must not be before {@link #since}. */
    long positionBehind(Revision revision) {
        long low = first;
        long high = next;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (at(middle).revision().compareTo(revision) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    List<Change> read(long position, int most) {
        int count = (int) Math.min(most, next - position);
        List<Change> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            changes.add(at(position + i));
        }
        return changes;
    }

    private Change at(long position) {
        Change change = slots[slot(position)];
        if (change == null) {
            throw new IllegalStateException("position " + position + " is not in the ring");
        }
        return change;
    }

    private int slot(long position) {
        return (int) (position & (slots.length - 1));
    }

    private void dropOldest() {
        Change oldest = at(first);
        slots[slot(first)] = null;
        bytes -= oldest.bytes();
        since = oldest.revision();
        first++;
    }

    private void grow() {
        @Nullable Change[] larger = new Change[slots.length * 2];
        for (long position = first; position < next; position++) {
            larger[(int) (position & (larger.length - 1))] = slots[slot(position)];
        }
        slots = larger;
    }
}
