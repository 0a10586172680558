package io.kvorum.simulation;

import io.kvorum.mvcc.LeaseId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What clients were promised of their leases. Used by one thread. */
final class LeaseLedger {
    private final Map<Long, Promise> promises = new TreeMap<>();

    /** One lease. */
    static final class Promise {
        final LeaseId id;
        final long ttlMicros;
        private boolean isGranted;
        private boolean isOver;
        private boolean mayEnd;
        private long until;

        private Promise(LeaseId id, long ttlMicros) {
            this.id = id;
            this.ttlMicros = ttlMicros;
        }
    }

    Promise open(LeaseId id, long ttlSeconds) {
        Promise promise = new Promise(id, ttlSeconds * 1_000_000);
        promises.put(id.value(), promise);
        return promise;
    }

    Promise of(LeaseId id) {
        Promise promise = promises.get(id.value());
        Violation.unless(promise != null, "leases are asked for", "nobody asked for %s", id);
        return Objects.requireNonNull(promise);
    }

    /** Those that stand, in order. */
    List<Promise> standing() {
        return promises.values().stream()
                .filter(each -> each.isGranted && !each.isOver)
                .toList();
    }

    /** The machine has granted it. */
    void granted(LeaseId id) {
        of(id).isGranted = true;
    }

    /** A client heard that a request it sent then has given the lease its whole time. */
    void renewed(LeaseId id, long sentAtMicros) {
        Promise promise = of(id);
        promise.until = Math.max(promise.until, sentAtMicros + promise.ttlMicros);
    }

    /** A client has asked for its end. */
    void mayEnd(LeaseId id) {
        of(id).mayEnd = true;
    }

    /** The machine was told to end it, for good. */
    void ended(LeaseId id, long nowMicros) {
        Promise promise = of(id);
        if (!promise.isOver) {
            promise.isOver = true;
            Violation.unless(
                    promise.mayEnd || nowMicros >= promise.until,
                    "a lease never expires early",
                    "%s ends at %d and was promised until %d",
                    id,
                    nowMicros,
                    promise.until);
        }
    }

    boolean isOver(LeaseId id) {
        return of(id).isOver;
    }
}
