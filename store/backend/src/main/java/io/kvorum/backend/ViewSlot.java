package io.kvorum.backend;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kvorum.model.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A read transaction that is used again and again, with its scratch memory. One user at a time, on whatever thread:
 * the environment is opened so that a read transaction belongs to its object, not to a thread.
 */
final class ViewSlot {
    /** LMDB's own limit on keys. */
    private static final int KEY_BYTES = 511;

    private final Environment environment;
    private final Lmdb lmdb;
    private final MemorySegment txn;
    private final MemorySegment keyBytes;
    private final MemorySegment key;
    private final MemorySegment data;
    private final MemorySegment cursorOut;
    private final MemorySegment stat;

    ViewSlot(Environment environment, Arena arena) {
        this.environment = environment;
        this.lmdb = environment.lmdb;
        keyBytes = arena.allocate(KEY_BYTES);
        key = arena.allocate(Lmdb.VAL);
        data = arena.allocate(Lmdb.VAL);
        cursorOut = arena.allocate(ADDRESS);
        stat = arena.allocate(Environment.STAT_BYTES, Long.BYTES);
        txn = environment.begin(Lmdb.TXN_READ_ONLY);
        lmdb.txnReset(txn);
    }

    void renew() {
        environment.check(lmdb.txnRenew(txn), "renewing a view");
    }

    void reset() {
        lmdb.txnReset(txn);
    }

    void abort() {
        lmdb.txnAbort(txn);
    }

    @Nullable
    Bytes get(int table, Bytes wanted) {
        aim(wanted);
        int code = lmdb.get(txn, table, key, data);
        if (code == Lmdb.NOT_FOUND) {
            return null;
        }
        environment.check(code, "reading");
        return environment.value(table, key, data);
    }

    /** Whoever goes through a whole table learns of entries that are missing, or stand where they should not. */
    void scan(int table, Bytes from, ReadView.Visitor visitor) {
        MemorySegment cursor = open(table);
        try {
            aim(from);
            int code = lmdb.cursorGet(cursor, key, data, from.isEmpty() ? Lmdb.CURSOR_FIRST : Lmdb.CURSOR_SET_RANGE);
            long seen = 0;
            Bytes before = null;
            while (code == Lmdb.SUCCESS) {
                Bytes at = Environment.bytes(key);
                if (before != null && before.compareTo(at) >= 0) {
                    throw environment.seal(table).damaged("an entry stands in the wrong place");
                }
                if (!visitor.visit(at, environment.value(table, key, data))) {
                    return;
                }
                before = at;
                seen++;
                code = lmdb.cursorGet(cursor, key, data, Lmdb.CURSOR_NEXT);
            }
            if (code != Lmdb.NOT_FOUND) {
                environment.check(code, "scanning");
            }
            if (from.isEmpty() && seen != environment.entries(txn, table, stat)) {
                throw environment
                        .seal(table)
                        .damaged("there are %d entries instead of %d"
                                .formatted(seen, environment.entries(txn, table, stat)));
            }
        } finally {
            lmdb.cursorClose(cursor);
        }
    }

    private MemorySegment open(int table) {
        environment.check(lmdb.cursorOpen(txn, table, cursorOut), "opening a cursor");
        return cursorOut.get(ADDRESS, 0);
    }

    private void aim(Bytes wanted) {
        if (wanted.length() > KEY_BYTES) {
            throw new IllegalArgumentException("a key of the file has at most 511 bytes, got " + wanted.length());
        }
        keyBytes.asByteBuffer().put(wanted.asReadOnlyBuffer());
        key.set(JAVA_LONG, Lmdb.VAL_SIZE, wanted.length());
        key.set(ADDRESS, Lmdb.VAL_DATA, keyBytes);
    }
}
