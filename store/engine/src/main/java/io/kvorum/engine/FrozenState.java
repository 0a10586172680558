package io.kvorum.engine;

import io.kvorum.backend.ReadView;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Mvcc;
import io.kvorum.mvcc.StoredState;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogPosition;
import java.nio.file.Path;
import java.util.List;

/**
 * The whole state of one member as it stood on disk at one moment, while writes go on. Used by one thread at a time and
 * closed soon: the file cannot use its free pages again while this is open.
 */
public final class FrozenState implements AutoCloseable {
    private final ReadView view;
    private final List<ClusterMember> members;
    private final Path scratch;
    private final long sizeInUseBytes;
    private final Runnable release;
    private boolean isClosed;

    FrozenState(ReadView view, List<ClusterMember> members, Path scratch, long sizeInUseBytes, Runnable release) {
        this.release = release;
        this.view = view;
        this.members = List.copyOf(members);
        this.scratch = scratch;
        this.sizeInUseBytes = sizeInUseBytes;
    }

    /** Shows all entries of the table in ascending order of their keys. */
    public void scan(Table table, Visitor visitor) {
        view.scan(table.text(), Bytes.EMPTY, (key, value) -> {
            visitor.visit(key, value);
            return true;
        });
    }

    /** The last entry of the log that is in here. */
    public LogPosition applied() {
        return new LogPosition(view.applied().term(), view.applied().index());
    }

    /** Up to where history was asked to be compacted; {@link Revision#ZERO} for never. */
    public Revision compacted() {
        return Mvcc.compactedIn(state());
    }

    /** Up to where compacted history is gone from the disk too; {@link Revision#ZERO} for never. */
    public Revision swept() {
        return Mvcc.sweptIn(state());
    }

    private StoredState state() {
        return new LayeredState(Layers.none(), () -> view);
    }

    /** In the order of their ids, as the log knew them when the state was frozen. */
    public List<ClusterMember> members() {
        return members;
    }

    /** What all of it takes on disk, more or less. */
    public long sizeInUseBytes() {
        return sizeInUseBytes;
    }

    /** A folder for files in the making, on the disk of the state; emptied whenever the store is opened. */
    public Path scratch() {
        return scratch;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            view.close();
            release.run();
        }
    }

    /** Sees entries. */
    @FunctionalInterface
    public interface Visitor {
        void visit(Bytes key, Bytes value);
    }
}
