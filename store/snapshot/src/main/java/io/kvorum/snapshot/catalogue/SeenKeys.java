package io.kvorum.snapshot.catalogue;

import io.kvorum.model.Bytes;

/**
 * Remembers keys by a hash of 64 bits each, in a table that grows up to a bound, so that a snapshot of any size can be
 * counted in little memory. Used by one thread.
 */
final class SeenKeys {
    private static final int LEAST_SLOTS = 1 << 12;
    /** 32 MiB, room for two million keys; beyond it nothing new is remembered. */
    private static final int MOST_SLOTS = 1 << 22;

    private static final long FREE = 0;
    private static final long REMOVED = 1;

    private final int mostSlots;
    private long[] slots = new long[LEAST_SLOTS];
    /** Slots that are not free; those of removed keys are won back when the table is full. */
    private int used;

    private int alive;
    private boolean isFull;

    SeenKeys() {
        this(MOST_SLOTS);
    }

    /** @param mostSlots a power of two from {@value #LEAST_SLOTS} on; 8 bytes each */
    SeenKeys(int mostSlots) {
        this.mostSlots = mostSlots;
    }

    /** @return whether it was not there */
    boolean add(Bytes key) {
        return add(hash(key));
    }

    private boolean add(long hash) {
        int at = slotOf(hash);
        if (slots[at] == hash) {
            return false;
        }
        if (used >= slots.length / 4 * 3) {
            boolean isCrowded = alive >= slots.length / 2;
            if (isCrowded && slots.length == mostSlots) {
                isFull = true;
                return true;
            }
            rebuild(isCrowded ? slots.length * 2 : slots.length);
            at = slotOf(hash);
        }
        slots[at] = hash;
        used++;
        alive++;
        return true;
    }

    /** @return whether it was there */
    boolean remove(Bytes key) {
        long hash = hash(key);
        int at = slotOf(hash);
        if (slots[at] != hash) {
            return false;
        }
        slots[at] = REMOVED;
        alive--;
        return true;
    }

    /** Whether there were more keys than can be remembered: what was counted is too much then. */
    boolean isFull() {
        return isFull;
    }

    /** Where the hash is, or the free slot where it may go. */
    private int slotOf(long hash) {
        int at = (int) hash & (slots.length - 1);
        while (slots[at] != FREE && slots[at] != hash) {
            at = (at + 1) & (slots.length - 1);
        }
        return at;
    }

    private void rebuild(int length) {
        long[] before = slots;
        slots = new long[length];
        used = alive;
        for (long hash : before) {
            if (hash != FREE && hash != REMOVED) {
                slots[slotOf(hash)] = hash;
            }
        }
    }

    /** FNV-1a with a finish that spreads its low bits; never one of the marks. */
    private static long hash(Bytes key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ (key.at(i) & 0xff)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0x9e3779b97f4a7c15L;
        hash ^= hash >>> 29;
        return hash == FREE || hash == REMOVED ? hash + 2 : hash;
    }
}
