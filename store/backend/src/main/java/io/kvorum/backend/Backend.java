package io.kvorum.backend;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The crash-safe key-value file under the store. Batches are written one at a time and are on stable storage when
 * {@link #commit} returns; views may be opened by any thread meanwhile.
 */
public final class Backend implements AutoCloseable {
    private static final String OWN_TABLE = "backend";
    private static final Bytes APPLIED = Bytes.utf8("applied");
    private static final int POSITION_BYTES = 2 * Long.BYTES;

    /** How long closing waits for views before it gives up and leaves the file to the operating system. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final Environment environment;
    private final Arena arena = Arena.ofShared();
    private final int mostViews;
    private final Semaphore viewPermits;
    private final ArrayDeque<ViewSlot> idleSlots = new ArrayDeque<>();

    /** LMDB lets one writer in at a time, and waits inside a native call; waiting here is kinder to virtual threads. */
    private final ReentrantLock writer = new ReentrantLock();

    private @Nullable ViewSlot writersSlot;
    private volatile AppliedPosition applied;
    private volatile long sizeInUseBytes;
    private volatile boolean isClosed;

    private Backend(Environment environment, int mostViews, AppliedPosition applied, long sizeInUseBytes) {
        this.environment = environment;
        this.mostViews = mostViews;
        this.viewPermits = new Semaphore(mostViews, true);
        this.applied = applied;
        this.sizeInUseBytes = sizeInUseBytes;
    }

    /** Opens the database, or makes a new one. A folder must not be opened twice at a time. */
    public static Backend open(BackendConfig config) {
        Path folder = config.folder();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BackendException.Unusable(folder, "the folder cannot be made: " + e);
        }
        Environment environment = Environment.open(new Lmdb(LmdbLibrary.locate(config.libraryFolder())), config, 1);
        try {
            Backend backend = openTables(environment, config);
            forceFolder(folder);
            return backend;
        } catch (RuntimeException e) {
            environment.lmdb.envClose(environment.handle);
            throw e;
        }
    }

    private static Backend openTables(Environment environment, BackendConfig config) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment txn = environment.begin(0);
            boolean isCommitted = false;
            try {
                environment.openTable(txn, OWN_TABLE);
                config.tables().forEach(table -> environment.openTable(txn, table));
                recognizeFormat(environment, txn, arena);
                long sizeInUseBytes = environment.sizeInUseBytes(txn, arena);
                isCommitted = true;
                environment.check(environment.lmdb.txnCommit(txn), "opening the tables");
                Backend backend = new Backend(environment, config.mostViews(), AppliedPosition.START, sizeInUseBytes);
                backend.applied = backend.readApplied();
                return backend;
            } finally {
                if (!isCommitted) {
                    environment.lmdb.txnAbort(txn);
                }
            }
        }
    }

    /** The length of one value that every written file has tells whether values have checksums. */
    private static void recognizeFormat(Environment environment, MemorySegment txn, Arena arena) {
        int table = environment.table(OWN_TABLE);
        MemorySegment key = arena.allocate(Lmdb.VAL);
        MemorySegment data = arena.allocate(Lmdb.VAL);
        key.set(JAVA_LONG, Lmdb.VAL_SIZE, APPLIED.length());
        key.set(ADDRESS, Lmdb.VAL_DATA, arena.allocateFrom(APPLIED.utf8()));
        int code = environment.lmdb.get(txn, table, key, data);
        if (code == Lmdb.NOT_FOUND) {
            if (environment.hasEntries(txn, arena)) {
                throw environment.seal(table).damaged("it does not say how far it goes");
            }
            return;
        }
        environment.check(code, "reading");
        long length = data.get(JAVA_LONG, Lmdb.VAL_SIZE);
        if (length == POSITION_BYTES) {
            environment.valuesHaveNoChecksums();
        } else if (length != POSITION_BYTES + Seal.BYTES) {
            throw environment.seal(table).damaged("how far it goes takes %d bytes".formatted(length));
        }
    }

    private AppliedPosition readApplied() {
        try (ReadView view = view(Duration.ofSeconds(1))) {
            return appliedIn(view);
        }
    }

    static AppliedPosition appliedIn(ReadView view) {
        Bytes bytes = view.get(OWN_TABLE, APPLIED);
        if (bytes == null) {
            return AppliedPosition.START;
        }
        ByteBuffer buffer = bytes.asReadOnlyBuffer();
        return new AppliedPosition(buffer.getLong(), buffer.getLong());
    }

    /** Tells whenever something in the file turns out not to be what was written; must not block. */
    public void whenDamaged(Consumer<BackendException.Corrupt> told) {
        environment.whenDamaged(told);
    }

    /**
     * Reads everything once.
     *
     * @throws BackendException.Corrupt when something is not what was written
     */
    public void verify() {
        try (ReadView view = view(CLOSE_PATIENCE)) {
            environment.tableNames().forEach(table -> view.scan(table, Bytes.EMPTY, (_, _) -> true));
        }
    }

    /** Up to where the content on stable storage goes. */
    public AppliedPosition applied() {
        return applied;
    }

    /** Writes a batch and, in the same transaction, up to where the content then goes. */
    public void commit(WriteBatch batch, AppliedPosition position) {
        ByteBuffer bytes =
                ByteBuffer.allocate(POSITION_BYTES).putLong(position.term()).putLong(position.index());
        batch.put(OWN_TABLE, APPLIED, Bytes.wrap(bytes.array()));
        write(batch);
        applied = position;
    }

    /** Nothing between begin and commit may wait: LMDB's lock belongs to the carrier thread. */
    private void write(WriteBatch batch) {
        writer.lock();
        try (Arena scratch = Arena.ofConfined()) {
            refuseClosed();
            MemorySegment key = scratch.allocate(Lmdb.VAL);
            MemorySegment data = scratch.allocate(Lmdb.VAL);
            MemorySegment keyBytes = scratch.allocate(longestKey(batch));
            MemorySegment txn = environment.begin(0);
            boolean isEnded = false;
            try {
                for (WriteBatch.Write write : batch.writes()) {
                    write(txn, write, key, keyBytes, data);
                }
                long inUse = environment.sizeInUseBytes(txn, scratch);
                isEnded = true;
                environment.check(environment.lmdb.txnCommit(txn), "committing");
                sizeInUseBytes = inUse;
            } finally {
                if (!isEnded) {
                    environment.lmdb.txnAbort(txn);
                }
            }
        } finally {
            writer.unlock();
        }
    }

    private static int longestKey(WriteBatch batch) {
        int longest = 1;
        for (WriteBatch.Write write : batch.writes()) {
            longest = Math.max(longest, write.key().length());
        }
        return longest;
    }

    private void write(
            MemorySegment txn, WriteBatch.Write write, MemorySegment key, MemorySegment keyBytes, MemorySegment data) {
        int table = environment.table(write.table());
        keyBytes.asByteBuffer().put(write.key().asReadOnlyBuffer());
        key.set(JAVA_LONG, Lmdb.VAL_SIZE, write.key().length());
        key.set(ADDRESS, Lmdb.VAL_DATA, keyBytes);
        Bytes value = write.value();
        if (value == null) {
            int code = environment.lmdb.del(txn, table, key);
            if (code != Lmdb.NOT_FOUND) {
                environment.check(code, "deleting");
            }
            return;
        }
        data.set(JAVA_LONG, Lmdb.VAL_SIZE, environment.sealedBytes(value));
        environment.check(environment.lmdb.put(txn, table, key, data, Lmdb.PUT_RESERVE), "writing");
        environment.fill(table, Lmdb.content(key), Lmdb.content(data), value);
    }

    /** @throws BackendException.TooManyViews when none becomes free in time */
    public ReadView view(Duration patience) {
        refuseClosed();
        takePermits(1, patience);
        ViewSlot slot = null;
        try {
            refuseClosed();
            slot = idleSlot();
            if (slot == null) {
                slot = new ViewSlot(environment, arena);
            }
            slot.renew();
            return new ReadView(environment, slot, this::giveBack);
        } catch (RuntimeException e) {
            if (slot != null) {
                keep(slot);
            }
            viewPermits.release();
            throw e;
        }
    }

    /**
     * A view beside the bounded ones, so that readers never keep the writer waiting. For the one thread that writes, which
     * must not use it while another one closes the backend.
     */
    public ReadView viewOfWriter() {
        refuseClosed();
        if (writersSlot == null) {
            writersSlot = new ViewSlot(environment, arena);
        }
        writersSlot.renew();
        return new ReadView(environment, writersSlot, ViewSlot::reset);
    }

    private void takePermits(int count, Duration patience) {
        try {
            if (!viewPermits.tryAcquire(count, patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BackendException.TooManyViews(environment.folder, mostViews);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendException.TooManyViews(environment.folder, mostViews);
        }
    }

    private @Nullable ViewSlot idleSlot() {
        synchronized (idleSlots) {
            return idleSlots.pollFirst();
        }
    }

    private void giveBack(ViewSlot slot) {
        slot.reset();
        keep(slot);
        viewPermits.release();
    }

    private void keep(ViewSlot slot) {
        synchronized (idleSlots) {
            idleSlots.addFirst(slot);
        }
    }

    /** Copies the database, leaving free pages out, into an existing empty folder; beside readers and writers. */
    public void copyTo(Path target) {
        refuseClosed();
        takePermits(1, CLOSE_PATIENCE);
        try (Arena scratch = Arena.ofConfined()) {
            refuseClosed();
            MemorySegment path = scratch.allocateFrom(target.toString());
            environment.check(
                    environment.lmdb.envCopy2(environment.handle, path, Lmdb.COPY_COMPACT), "copying to " + target);
            force(target.resolve(Environment.DATA_FILE), StandardOpenOption.WRITE);
            forceFolder(target);
        } finally {
            viewPermits.release();
        }
    }

    /** Bytes of the file that have ever been used. */
    public long sizeBytes() {
        refuseClosed();
        takePermits(1, CLOSE_PATIENCE);
        try {
            refuseClosed();
            return environment.sizeBytes();
        } finally {
            viewPermits.release();
        }
    }

    /** Bytes of the file that hold something, as of the last batch. */
    public long sizeInUseBytes() {
        return sizeInUseBytes;
    }

    private void refuseClosed() {
        if (isClosed) {
            throw new BackendException.Closed(environment.folder);
        }
    }

    private static void forceFolder(Path folder) {
        force(folder, StandardOpenOption.READ);
    }

    private static void force(Path path, StandardOpenOption option) {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("bringing " + path + " to stable storage failed", e);
        }
    }

    /** Waits for views, then closes. Should a view never end, the file stays open until the process ends. */
    @Override
    public void close() {
        writer.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
        } finally {
            writer.unlock();
        }
        takePermits(mostViews, CLOSE_PATIENCE);
        idleSlots.forEach(ViewSlot::abort);
        if (writersSlot != null) {
            writersSlot.abort();
        }
        environment.lmdb.envClose(environment.handle);
        arena.close();
    }
}
