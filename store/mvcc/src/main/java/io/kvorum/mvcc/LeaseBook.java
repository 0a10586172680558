package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** Which leases there are and which keys hang on them. Written by the machine's thread, read by any. */
final class LeaseBook {
    private final Map<Long, Lease> leases = new ConcurrentSkipListMap<>();
    private final Map<LeaseId, ConcurrentSkipListSet<Key>> keysOf = new ConcurrentHashMap<>();
    private final Map<Key, LeaseId> leaseOf = new ConcurrentHashMap<>();

    void restore(Lease lease) {
        leases.put(lease.id().value(), lease);
    }

    boolean has(LeaseId id) {
        return leases.containsKey(id.value());
    }

    @Nullable
    Lease lease(LeaseId id) {
        return leases.get(id.value());
    }

    List<Lease> all() {
        return List.copyOf(leases.values());
    }

    List<Key> keys(LeaseId id) {
        ConcurrentSkipListSet<Key> keys = keysOf.get(id);
        return keys == null ? List.of() : List.copyOf(keys);
    }

    LeaseId of(Key key) {
        return leaseOf.getOrDefault(key, LeaseId.NONE);
    }

    void write(Lease lease, Changes changes) {
        leases.put(lease.id().value(), lease);
        changes.put(Table.LEASES, Lease.keyOf(lease.id()), lease.encode());
    }

    void remove(LeaseId id, Changes changes) {
        leases.remove(id.value());
        keysOf.remove(id);
        Bytes key = Lease.keyOf(id);
        changes.delete(Table.LEASES, key);
    }

    /** Hangs the key on this lease and on no other; {@link LeaseId#NONE} takes it off. */
    void attach(Key key, LeaseId lease) {
        LeaseId before = lease.equals(LeaseId.NONE) ? leaseOf.remove(key) : leaseOf.put(key, lease);
        if (before != null && !before.equals(lease)) {
            ConcurrentSkipListSet<Key> keys = keysOf.get(before);
            if (keys != null) {
                keys.remove(key);
            }
        }
        if (!lease.equals(LeaseId.NONE)) {
            keysOf.computeIfAbsent(lease, id -> new ConcurrentSkipListSet<>()).add(key);
        }
    }
}
