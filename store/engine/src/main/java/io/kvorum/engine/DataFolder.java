package io.kvorum.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the database lies. Each loaded snapshot gets a folder of its own, and one small file says which folder counts;
 * it is replaced by a rename, so that a crash leaves the old state or the new one, never half of either.
 *
 * <pre>
 *   dataFolder/lib/liblmdb-...so
 *   dataFolder/state/current      "2"
 *   dataFolder/state/2/data.mdb
 *   dataFolder/scratch/           files in the making, of no worth after a restart
 * </pre>
 */
final class DataFolder {
    private static final String DATA_FILE = "data.mdb";

    private final Path states;
    private final Path current;
    private final Path library;
    private final Path scratch;

    DataFolder(Path dataFolder) {
        states = dataFolder.resolve("state");
        current = states.resolve("current");
        library = dataFolder.resolve("lib");
        scratch = dataFolder.resolve("scratch");
    }

    Path library() {
        return library;
    }

    Path scratch() {
        return scratch;
    }

    /** The folder that counts; what a crash left beside it is removed. */
    Path open() {
        try {
            Files.createDirectories(states);
            delete(scratch);
            Files.createDirectories(scratch);
            if (!Files.exists(current)) {
                choose(states.resolve("1"));
            }
            Path chosen = states.resolve(Files.readString(current).strip());
            for (Path other : list()) {
                if (Files.isDirectory(other) && !other.equals(chosen)) {
                    delete(other);
                }
            }
            return chosen;
        } catch (IOException e) {
            throw new UncheckedIOException("the store's data folder " + states + " cannot be used", e);
        }
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> found = Files.list(states)) {
            return found.toList();
        }
    }

    /** A copy of a snapshot, beside the folder that counts. */
    Path copyIn(Path snapshot, Path chosen) {
        try {
            Path fresh = newBeside(chosen);
            Files.copy(snapshot.resolve(DATA_FILE), fresh.resolve(DATA_FILE), StandardCopyOption.REPLACE_EXISTING);
            force(fresh.resolve(DATA_FILE), StandardOpenOption.WRITE);
            force(fresh, StandardOpenOption.READ);
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshot in " + snapshot + " cannot be copied to " + states, e);
        }
    }

    /** An empty folder for what may come after the one that counts. */
    Path newBeside(Path chosen) {
        try {
            long number = Long.parseLong(chosen.getFileName().toString()) + 1;
            Path fresh = states.resolve(Long.toString(number));
            delete(fresh);
            return Files.createDirectories(fresh);
        } catch (IOException e) {
            throw new UncheckedIOException("no folder can be made beside " + chosen, e);
        }
    }

    /** Makes the folder the one that counts, for good once this returns. */
    void choose(Path folder) {
        try {
            Path fresh = states.resolve("current.new");
            Files.writeString(fresh, folder.getFileName() + "\n");
            force(fresh, StandardOpenOption.WRITE);
            Files.move(fresh, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(states, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new UncheckedIOException("the store's data folder " + states + " cannot be written", e);
        }
    }

    static void delete(Path folder) throws IOException {
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

    private static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }
}
