package io.kvorum.jraft;

import com.alipay.sofa.jraft.entity.LocalFileMetaOutter.LocalFileMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotMetaTable;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import io.kvorum.raft.LogPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots that cost nothing until somebody needs one. The state machine keeps its state on stable storage itself, so
 * the snapshot a member takes to cut its log is a mark only; the copy of the state is made when a leader has to send it
 * to a member whose next entry is cut off. That copy may be newer than the mark: it carries its own position, and the
 * member that loads it passes over the entries it holds already. The library's threads call it.
 *
 * <pre>
 *  taken:  snapshot_N/mark
 *  sent:   snapshot_N/mark, position, state/...
 *  loaded: snapshot_N/mark     (the state machine has the state; the copy is deleted)
 * </pre>
 */
final class SnapshotFolder extends LocalSnapshotStorage {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFolder.class);
    static final String MARK = "mark";
    private static final String POSITION = "position";
    private static final String STATE = "state";

    /** Where a copy of the state comes from. */
    interface Source {
        boolean isLeading();

        LogPosition saveSnapshot(Path folder);

        void failed(RuntimeException cause);
    }

    private final RaftOptions options;
    private final Source source;
    /** The snapshot whose copy was made by this process; one left by an earlier process may be incomplete. */
    private @Nullable Path copied;

    SnapshotFolder(String path, RaftOptions options, Source source) {
        super(path, "", options);
        this.options = options;
        this.source = source;
    }

    /** Called at the start, by a leader that will send the snapshot, and by a member that received one. */
    @Override
    public synchronized @Nullable SnapshotReader open() {
        if (!source.isLeading()) {
            return super.open();
        }
        while (true) {
            SnapshotReader held = super.open();
            if (held == null) {
                return null;
            }
            Path folder = Path.of(held.getPath());
            try (held) {
                if (!folder.equals(copied)) {
                    copyState(folder);
                    copied = folder;
                }
            } catch (IOException | UncheckedIOException e) {
                LOG.atWarn()
                        .addKeyValue("folder", folder)
                        .setCause(e)
                        .log("the state could not be copied for a member that needs it; it will ask again");
                discardQuietly(state(folder));
                return UncopiedSnapshot.of(super.open());
            }
            SnapshotReader reader = super.open();
            if (reader != null && Path.of(reader.getPath()).equals(folder)) {
                return reader;
            }
            if (reader != null) {
                closeQuietly(reader);
            }
        }
    }

    private static void closeQuietly(SnapshotReader reader) {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("could not close the snapshot " + reader.getPath(), e);
        }
    }

    private static void discardQuietly(Path state) {
        try {
            deleteAll(state);
        } catch (IOException e) {
            LOG.atWarn().setCause(e).addKeyValue("folder", state).log("an unfinished copy of the state stays");
        }
    }

    private void copyState(Path folder) throws IOException {
        Path state = folder.resolve(STATE);
        deleteAll(state);
        Files.createDirectory(state);
        LogPosition position = source.saveSnapshot(state);
        Files.writeString(folder.resolve(POSITION), position.term() + " " + position.index());
        list(folder);
    }

    /** Writes down which files belong to the snapshot: those are what a member will ask for. */
    private void list(Path folder) throws IOException {
        Path file = folder.resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE);
        var before = new LocalSnapshotMetaTable(options);
        before.loadFromFile(file.toString());
        var table = new LocalSnapshotMetaTable(options);
        table.setMeta(before.getMeta());
        try (var files = Files.walk(folder)) {
            List<Path> all = files.filter(Files::isRegularFile)
                    .filter(path -> !path.equals(file))
                    .sorted()
                    .toList();
            for (Path path : all) {
                table.addFile(folder.relativize(path).toString(), LocalFileMeta.getDefaultInstance());
            }
        }
        table.saveToFile(file.toString());
    }

    static boolean hasState(Path snapshot) {
        return Files.isDirectory(snapshot.resolve(STATE)) && Files.isRegularFile(snapshot.resolve(POSITION));
    }

    static Path state(Path snapshot) {
        return snapshot.resolve(STATE);
    }

    static LogPosition position(Path snapshot) throws IOException {
        String[] words = Files.readString(snapshot.resolve(POSITION)).split(" ");
        return new LogPosition(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The newest snapshot's description, read without opening it; empty when there is none. */
    static Optional<SnapshotMeta> newest(Path folder, RaftOptions options) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (var files = Files.list(folder)) {
            Optional<Path> newest = files.filter(
                            path -> path.getFileName().toString().startsWith(Snapshot.JRAFT_SNAPSHOT_PREFIX))
                    .max(Comparator.comparingLong(SnapshotFolder::indexOf));
            if (newest.isEmpty()) {
                return Optional.empty();
            }
            var table = new LocalSnapshotMetaTable(options);
            Path file = newest.get().resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE);
            return table.loadFromFile(file.toString()) && table.hasMeta()
                    ? Optional.of(table.getMeta())
                    : Optional.empty();
        }
    }

    private static long indexOf(Path snapshot) {
        return Long.parseLong(snapshot.getFileName().toString().substring(Snapshot.JRAFT_SNAPSHOT_PREFIX.length()));
    }
}
