package io.kvorum.backend;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An open LMDB environment with its tables. Its owner keeps LMDB's rules about threads and closing. */
final class Environment {
    static final String DATA_FILE = "data.mdb";

    /** LMDB's own table with the pages that are free again. */
    private static final int FREE_PAGES = 0;

    static final int STAT_BYTES = 48;

    private static final long TAIL_NEVER_WRITTEN_BYTES = 4 << 20;
    private static final int INFO_BYTES = 40;
    private static final int INFO_LAST_PAGE = 16;
    private static final int FILE_MODE = 0600;

    /** Reader slots LMDB itself may take for copies, and a margin. */
    private static final int SPARE_READERS = 8;

    final Lmdb lmdb;
    final Path folder;
    final MemorySegment handle;
    private final Map<String, Integer> tables;
    private final Map<Integer, Seal> seals = new HashMap<>();
    /** Whether values have checksums: not in files of the first versions. Set once, before anybody reads. */
    private boolean isSealed = true;

    private volatile Consumer<BackendException.Corrupt> onDamage = _ -> {};

    private Environment(Lmdb lmdb, Path folder, MemorySegment handle, Map<String, Integer> tables) {
        this.lmdb = lmdb;
        this.folder = folder;
        this.handle = handle;
        this.tables = tables;
    }

    static Environment open(Lmdb lmdb, BackendConfig config, int extraTables) {
        FileCheck.check(config.folder());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check(lmdb.envCreate(out), "creating", config, lmdb);
            MemorySegment env = out.get(ADDRESS, 0);
            try {
                check(lmdb.envSetMapsize(env, config.mapBytes()), "sizing the map", config, lmdb);
                check(lmdb.envSetMaxdbs(env, config.tables().size() + extraTables), "sizing", config, lmdb);
                check(lmdb.envSetMaxreaders(env, config.mostViews() + SPARE_READERS), "sizing", config, lmdb);
                MemorySegment path = arena.allocateFrom(config.folder().toString());
                check(lmdb.envOpen(env, path, Lmdb.ENV_NO_TLS, FILE_MODE), "opening", config, lmdb);
                Environment opened = new Environment(lmdb, config.folder(), env, new LinkedHashMap<>());
                opened.mendTail();
                return opened;
            } catch (RuntimeException e) {
                lmdb.envClose(env);
                throw e;
            }
        }
    }

    private static void check(int code, String act, BackendConfig config, Lmdb lmdb) {
        BackendException.check(code, act, config.folder(), lmdb);
    }

    /**
     * A read behind the end of the file would kill the process with a bus error. Pages at the end that were taken and
     * freed in one transaction are never written, so a little may be missing by right; a lot means a damaged file.
     */
    private void mendTail() {
        long promised = sizeBytes();
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve(DATA_FILE).toFile(), "rw")) {
            long found = file.length();
            if (promised - found > TAIL_NEVER_WRITTEN_BYTES) {
                throw new BackendException.Corrupt(
                        folder, "%s has %d bytes and should have %d".formatted(DATA_FILE, found, promised));
            }
            if (found < promised) {
                file.setLength(promised);
            }
        } catch (IOException e) {
            throw new BackendException.Unusable(folder, "its size cannot be looked at: " + e);
        }
    }

    void openTable(MemorySegment txn, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            check(lmdb.dbiOpen(txn, arena.allocateFrom(name), Lmdb.DBI_CREATE, out), "opening table " + name);
            tables.put(name, out.get(JAVA_INT, 0));
            seals.put(out.get(JAVA_INT, 0), new Seal(this, name));
        }
    }

    int table(String name) {
        Integer table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("there is no table " + name + " in " + tables.keySet());
        }
        return table;
    }

    List<String> tableNames() {
        return List.copyOf(tables.keySet());
    }

    MemorySegment begin(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check(lmdb.txnBegin(handle, flags, out), "beginning a transaction");
            return out.get(ADDRESS, 0);
        }
    }

    /** Bytes of the file that have ever been used; it never shrinks but by a compacting copy. */
    long sizeBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
            check(lmdb.envInfo(handle, info), "asking for its size");
            return (info.get(JAVA_LONG, INFO_LAST_PAGE) + 1) * pageBytes(arena);
        }
    }

    private long pageBytes(Arena arena) {
        MemorySegment stat = arena.allocate(STAT_BYTES, Long.BYTES);
        check(lmdb.envStat(handle, stat), "asking for its page size");
        return stat.get(JAVA_INT, 0);
    }

    /** Bytes of the pages that hold something, seen from a transaction. */
    long sizeInUseBytes(MemorySegment txn, Arena arena) {
        MemorySegment stat = arena.allocate(STAT_BYTES, Long.BYTES);
        long pages = 2 + pages(txn, FREE_PAGES, stat) + pages(txn, 1, stat);
        for (int table : tables.values()) {
            pages += pages(txn, table, stat);
        }
        return pages * stat.get(JAVA_INT, 0);
    }

    boolean hasEntries(MemorySegment txn, Arena arena) {
        MemorySegment stat = arena.allocate(STAT_BYTES, Long.BYTES);
        return tables.values().stream().anyMatch(table -> entries(txn, table, stat) > 0);
    }

    long entries(MemorySegment txn, int table, MemorySegment stat) {
        check(lmdb.stat(txn, table, stat), "asking for a table's size");
        return stat.get(JAVA_LONG, 32);
    }

    /** Branch, leaf and overflow pages of a table. */
    private long pages(MemorySegment txn, int table, MemorySegment stat) {
        check(lmdb.stat(txn, table, stat), "asking for a table's size");
        return stat.get(JAVA_LONG, 8) + stat.get(JAVA_LONG, 16) + stat.get(JAVA_LONG, 24);
    }

    void check(int code, String act) {
        if (code != Lmdb.SUCCESS) {
            BackendException failure = BackendException.of(code, act, folder, lmdb);
            if (failure instanceof BackendException.Corrupt damage) {
                onDamage.accept(damage);
            }
            throw failure;
        }
    }

    BackendException.Corrupt damaged(String reason) {
        var damage = new BackendException.Corrupt(folder, reason);
        onDamage.accept(damage);
        return damage;
    }

    void whenDamaged(Consumer<BackendException.Corrupt> told) {
        onDamage = told;
    }

    void valuesHaveNoChecksums() {
        isSealed = false;
    }

    Seal seal(int table) {
        Seal seal = seals.get(table);
        if (seal == null) {
            throw new IllegalArgumentException("there is no table " + table);
        }
        return seal;
    }

    /** How many bytes a value takes. */
    long sealedBytes(Bytes value) {
        return (long) value.length() + (isSealed ? Seal.BYTES : 0);
    }

    /** Fills the room LMDB made for a value. */
    void fill(int table, MemorySegment key, MemorySegment room, Bytes value) {
        room.asByteBuffer().put(value.asReadOnlyBuffer());
        if (isSealed) {
            seal(table).close(key, room);
        }
    }

    /** A value that was read, copied. */
    Bytes value(int table, MemorySegment key, MemorySegment data) {
        return isSealed ? seal(table).open(Lmdb.content(key), Lmdb.content(data)) : bytes(data);
    }

    static Bytes bytes(MemorySegment val) {
        return Bytes.wrap(Lmdb.content(val).toArray(ValueLayout.JAVA_BYTE));
    }
}
