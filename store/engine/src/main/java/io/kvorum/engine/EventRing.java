package io.kvorum.engine;

import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest revisions' events, without a gap, as many as the budget of memory allows. Guarded by its owner's lock. */
final class EventRing {
    private final long budgetBytes;
    private @Nullable Page[] pages = new @Nullable Page[256];

    /** Revision of the oldest page, and how many there are. */
    private long first;

    private int count;
    private long bytes;

    EventRing(long budgetBytes, Revision newest) {
        this.budgetBytes = budgetBytes;
        this.first = newest.value() + 1;
    }

    /** Forgets everything; the next page is the one behind the revision. */
    void restart(Revision newest) {
        pages = new @Nullable Page[256];
        first = newest.value() + 1;
        count = 0;
        bytes = 0;
    }

    void add(Page page) {
        if (count == pages.length) {
            grow();
        }
        pages[slot(page.revision().value())] = page;
        count++;
        bytes += page.bytes();
        while (bytes > budgetBytes && count > 0) {
            dropOldest();
        }
    }

    private void grow() {
        @Nullable Page[] wider = new @Nullable Page[pages.length * 2];
        for (long revision = first; revision < first + count; revision++) {
            wider[(int) (revision & (wider.length - 1))] = pages[slot(revision)];
        }
        pages = wider;
    }

    private void dropOldest() {
        int slot = slot(first);
        Page oldest = pages[slot];
        bytes -= oldest == null ? 0 : oldest.bytes();
        pages[slot] = null;
        first++;
        count--;
    }

    private int slot(long revision) {
        return (int) (revision & (pages.length - 1));
    }

    /** The first revision in the ring; behind the newest one when the ring is empty. */
    long first() {
        return first;
    }

    /** Pages from the revision on, which must be in the ring, up to a number of them. */
    List<Page> from(long revision, int most) {
        List<Page> found = new ArrayList<>();
        for (long at = revision; at < first + count && found.size() < most; at++) {
            Page page = pages[slot(at)];
            if (page != null) {
                found.add(page);
            }
        }
        return found;
    }
}
