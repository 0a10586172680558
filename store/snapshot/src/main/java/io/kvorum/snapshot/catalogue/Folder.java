package io.kvorum.snapshot.catalogue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of a catalogue: snapshots in their folder, what is known of them beside it. Used under the catalogue's lock. */
record Folder(Path snapshots, Path metadata) {
    /** What a save under way is called; left behind only by a process that was killed. */
    static final String PART = ".part";

    private static final int MOST_METADATA_BYTES = 1 << 20;

    static Folder of(Path snapshots) {
        Path parent = snapshots.toAbsolutePath().getParent();
        return new Folder(snapshots, (parent == null ? snapshots : parent).resolve(".metadata"));
    }

    void create() throws IOException {
        for (Path each : List.of(snapshots, metadata)) {
            if (!Files.isDirectory(each)) {
                Files.createDirectories(
                        each, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        }
    }

    List<Path> files() throws IOException {
        try (Stream<Path> found = Files.list(snapshots)) {
            return found.filter(Files::isRegularFile)
                    .filter(each ->
                            !isPart(each) && !each.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    private static boolean isPart(Path file) {
        return file.getFileName().toString().endsWith(PART);
    }

    /** What a killed process left: parts of snapshots, and what is known of snapshots that are not there. */
    void sweep() throws IOException {
        try (Stream<Path> found = Files.list(snapshots)) {
            for (Path part : found.filter(Folder::isPart).toList()) {
                Files.deleteIfExists(part);
            }
        }
        try (Stream<Path> found = Files.list(metadata)) {
            for (Path each : found.filter(Files::isRegularFile).toList()) {
                if (!Files.exists(snapshots.resolve(each.getFileName().toString()))) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    Optional<Particulars> particulars(String name) throws IOException {
        Path file = metadata.resolve(name);
        return Files.isRegularFile(file) && Files.size(file) <= MOST_METADATA_BYTES
                ? Particulars.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** What is known comes first: a snapshot under its name is a whole one, with all that belongs to it. */
    void publish(Path part, SnapshotName name, Particulars particulars) throws IOException {
        Path known = metadata.resolve(name.text());
        Path fresh = metadata.resolve(name.text() + PART);
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, particulars.toJson());
        force(fresh, StandardOpenOption.WRITE);
        Files.move(fresh, known, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(metadata, StandardOpenOption.READ);
        Files.move(part, snapshots.resolve(name.text()), StandardCopyOption.ATOMIC_MOVE);
        force(snapshots, StandardOpenOption.READ);
    }

    void delete(String name) throws IOException {
        Files.deleteIfExists(snapshots.resolve(name));
        force(snapshots, StandardOpenOption.READ);
        Files.deleteIfExists(metadata.resolve(name));
    }

    private static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }
}
