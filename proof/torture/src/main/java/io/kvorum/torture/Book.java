package io.kvorum.torture;

import java.util.ArrayList;
import java.util.List;

/** Everything clients of one round asked and heard. Any thread. */
final class Book {
    private final Verdict verdict;
    private final Chronicle chronicle;
    private final List<Deed> deeds = new ArrayList<>();
    private final List<LeaseStory> leases = new ArrayList<>();

    Book(Verdict verdict) {
        this.verdict = verdict;
        this.chronicle = new Chronicle(verdict);
    }

    /**
     * A lease as its holder knows it.
     *
     * @param key attached to it
     * @param renewedAt when the last call was made that renewed it, or made it
     * @param ttlSeconds promised from then on
     * @param givenUpAt from when on the holder may have ended it itself; Long.MAX_VALUE for never
     */
    record LeaseStory(long id, String key, long renewedAt, long ttlSeconds, long givenUpAt) {}

    Verdict verdict() {
        return verdict;
    }

    Chronicle chronicle() {
        return chronicle;
    }

    synchronized void note(Deed deed) {
        deeds.add(deed);
    }

    synchronized void note(LeaseStory story) {
        leases.add(story);
    }

    synchronized List<Deed> deeds() {
        return List.copyOf(deeds);
    }

    synchronized List<LeaseStory> leases() {
        return List.copyOf(leases);
    }
}
