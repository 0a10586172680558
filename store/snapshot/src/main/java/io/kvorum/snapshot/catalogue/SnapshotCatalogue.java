package io.kvorum.snapshot.catalogue;

import io.kvorum.snapshot.SnapshotContent;
import io.kvorum.snapshot.SnapshotStatus;
import io.kvorum.snapshot.SnapshotWriter;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.SaveProgress.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The snapshots in a folder. A snapshot is there under its name only once the disk has it and it was read through again.
 * Any thread may call; one process at a time saves.
 */
public final class SnapshotCatalogue {
    private final Path path;
    private final Folder folder;
    /** Held across the disk's work: two saves at a time would only slow each other down. */
    private final ReentrantLock saving = new ReentrantLock();

    public SnapshotCatalogue(Path folder) {
        this.path = folder;
        this.folder = Folder.of(folder);
    }

    public Path folder() {
        return path;
    }

    /**
     * Writes the content, reads it through again, and only then gives it its name.
     *
     * @throws SaveBusy when another save is under way
     * @throws SnapshotDamaged when the disk gives back other than was written
     * @throws SnapshotInaccessible when the disk refuses
     */
    public SavedSnapshot save(SaveOrder order, SnapshotContent content, Instant now, SaveProgress progress) {
        if (!saving.tryLock()) {
            throw new SaveBusy();
        }
        try {
            folder.create();
            folder.sweep();
            SnapshotName name = freeName(order, now);
            Path part = path.resolve(name.text() + ".db" + Folder.PART);
            Path zip = path.resolve(name.text() + Folder.PART);
            try {
                Inspection seen = write(part, content, progress);
                if (order.isCompressed()) {
                    compress(part, name, zip, progress);
                }
                Instant takenAt = name.takenAt().orElse(now);
                folder.publish(
                        order.isCompressed() ? zip : part,
                        name,
                        Particulars.of(order.node(), takenAt, order.tokenHash(), seen));
                return read(path.resolve(name.text())).orElseThrow();
            } finally {
                Files.deleteIfExists(part);
                Files.deleteIfExists(zip);
            }
        } catch (IOException e) {
            throw new SnapshotInaccessible(path, "save into", e);
        } finally {
            saving.unlock();
        }
    }

    /** Two in one second get names of two seconds. */
    private SnapshotName freeName(SaveOrder order, Instant now) {
        Instant at = now;
        SnapshotName name = SnapshotName.of(order.prefix(), order.node(), at, order.isCompressed());
        while (Files.exists(path.resolve(name.text()))) {
            at = at.plusSeconds(1);
            name = SnapshotName.of(order.prefix(), order.node(), at, order.isCompressed());
        }
        return name;
    }

    private static Inspection write(Path part, SnapshotContent content, SaveProgress progress) {
        long[] done = {0};
        SnapshotStatus written = SnapshotWriter.write(
                part,
                (bucket, visitor) -> content.scan(bucket, (key, value) -> {
                    visitor.visit(key, value);
                    progress.reached(Step.WRITING, ++done[0]);
                }));
        progress.reached(Step.VERIFYING, 0);
        return verified(part, written);
    }

    private static Inspection verified(Path file, SnapshotStatus written) {
        Inspection seen = Inspection.of(file);
        if (!seen.status().equals(written)) {
            throw new SnapshotDamaged(
                    file,
                    0,
                    seen.status().totalBytes(),
                    "written was %s, read is %s; is the disk failing?".formatted(written, seen.status()));
        }
        return seen;
    }

    /** The archive is unpacked again too: what was packed must come out. */
    private static void compress(Path plain, SnapshotName name, Path zip, SaveProgress progress) throws IOException {
        String entry = name.text().substring(0, name.text().length() - SnapshotName.COMPRESSED.length());
        ZipArchive.pack(plain, entry, zip, done -> progress.reached(Step.COMPRESSING, done));
        long bytes = Files.size(plain);
        Path again = plain.resolveSibling(plain.getFileName() + ".again" + Folder.PART);
        try {
            ZipArchive.unpack(zip, again, bytes);
            long differs = Files.mismatch(plain, again);
            if (differs >= 0) {
                throw new SnapshotDamaged(zip, 0, Files.size(zip), "unpacked, it differs at byte " + differs);
            }
        } finally {
            Files.deleteIfExists(again);
        }
    }

    /** By their time, the oldest first. */
    public List<SavedSnapshot> list() {
        try {
            List<SavedSnapshot> found = new ArrayList<>();
            for (Path file : folder.files()) {
                read(file).ifPresent(found::add);
            }
            found.sort(Comparator.comparing(SavedSnapshot::createdAt).thenComparing(SavedSnapshot::name));
            return found;
        } catch (IOException e) {
            throw new SnapshotInaccessible(path, "list", e);
        }
    }

    /** Empty when it was deleted meanwhile, or no snapshot can be called so. */
    private Optional<SavedSnapshot> read(Path file) throws IOException {
        try {
            var name = new SnapshotName(file.getFileName().toString());
            Optional<Particulars> particulars = folder.particulars(name.text());
            Instant changedAt = Files.getLastModifiedTime(file).toInstant();
            Instant createdAt =
                    particulars.map(Particulars::takenAt).or(name::takenAt).orElse(changedAt);
            return Optional.of(new SavedSnapshot(name, file, Files.size(file), createdAt, particulars));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public Optional<SavedSnapshot> named(SnapshotName name) {
        return list().stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** @return whether it was there */
    public boolean delete(SnapshotName name) {
        if (named(name).isEmpty()) {
            return false;
        }
        try {
            folder.delete(name.text());
            return true;
        } catch (IOException e) {
            throw new SnapshotInaccessible(path.resolve(name.text()), "delete", e);
        }
    }

    /**
     * Deletes the oldest of those whose names begin so, until no more are left than are to be kept.
     *
     * @return what was deleted
     */
    public List<SavedSnapshot> prune(String prefix, int keep) {
        List<SavedSnapshot> matching = list().stream()
                .filter(each -> each.name().text().startsWith(prefix + "-"))
                .toList();
        List<SavedSnapshot> old = matching.subList(0, Math.max(0, matching.size() - keep));
        old.forEach(each -> delete(each.name()));
        return List.copyOf(old);
    }

    /** Reads a snapshot through, unpacking it beside first where it is compressed. */
    public static Inspection inspect(Path file) {
        try (PlainSnapshot plain = PlainSnapshot.of(file)) {
            return Inspection.of(plain.file());
        }
    }
}
