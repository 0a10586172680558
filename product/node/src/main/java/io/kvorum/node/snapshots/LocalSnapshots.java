package io.kvorum.node.snapshots;

import io.kvorum.model.Bytes;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.Inspection;
import io.kvorum.snapshot.catalogue.PlainSnapshot;
import io.kvorum.snapshot.catalogue.Resolution;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Looks into the snapshots on this machine's disk, whether or not a server runs. Used by one thread. */
public final class LocalSnapshots {
    /** Two snapshots are compared in memory; a key takes about 200 bytes there. */
    private static final int MOST_COMPARED_KEYS = 2_000_000;

    /** How the text begins that says that a token does not fit. */
    public static final String UNFIT = "does not fit";

    private static final int SHOWN_CANDIDATES = 10;

    private final Path folder;
    private final Consumer<String> notes;

    /** @param notes hears which snapshot was meant when that was not plain */
    public LocalSnapshots(Path folder, Consumer<String> notes) {
        this.folder = folder;
        this.notes = notes;
    }

    /**
     * The file that somebody means: a path, a name in the folder, the beginning of one, or a date.
     *
     * @throws SnapshotRefused when there is none; says what there is
     */
    public Path find(String text) {
        Path path = Path.of(text);
        if (Files.isRegularFile(path)) {
            return path;
        }
        boolean isPath = path.getNameCount() > 1 || path.isAbsolute();
        Path place = isPath && path.toAbsolutePath().getParent() != null
                ? path.toAbsolutePath().getParent()
                : folder;
        List<SavedSnapshot> all = new SnapshotCatalogue(place).list();
        return switch (Resolution.of(path.getFileName().toString(), all, ZoneId.systemDefault())) {
            case Resolution.Found<SavedSnapshot> found -> {
                if (!found.isExact()) {
                    notes.accept("\"%s\" means %s, the newest that fits, taken %s"
                            .formatted(
                                    text,
                                    found.snapshot().name(),
                                    found.snapshot().createdAt()));
                }
                yield found.snapshot().file();
            }
            case Resolution.Missing<SavedSnapshot> missing ->
                throw new SnapshotRefused(missing(text, place, missing.candidates()));
        };
    }

    private static String missing(String text, Path place, List<SavedSnapshot> candidates) {
        String there = candidates.isEmpty()
                ? "there is none in " + place
                : "in %s there are: %s"
                        .formatted(
                                place,
                                String.join(
                                        ", ",
                                        candidates.stream()
                                                .limit(SHOWN_CANDIDATES)
                                                .map(each -> each.name().text())
                                                .toList()));
        return "no snapshot is called or dated \"%s\"; %s".formatted(text, there);
    }

    /**
     * Reads the snapshot through; what a restore of it would bring, as a document.
     *
     * @param password of the token that a restore would be given
     */
    public ObjectNode inspect(Path file, Optional<String> password) {
        return look(() -> {
            try (PlainSnapshot plain = PlainSnapshot.of(file)) {
                Inspection seen = Inspection.of(plain.file());
                ObjectNode document = describe(file, seen);
                document.put("token", tokenFits(SealedAuthorities.open(seen, password)));
                return document;
            }
        });
    }

    private static String tokenFits(SealedAuthorities authorities) {
        return switch (authorities) {
            case SealedAuthorities.Opened _ -> "fits";
            case SealedAuthorities.Absent _ -> "not needed: it holds no authorities";
            case SealedAuthorities.Closed _ -> "not known here; give it by --token";
            case SealedAuthorities.Unfit unfit ->
                UNFIT
                        + ": the snapshot needs the token of %s, not of %s"
                                .formatted(String.join(", ", unfit.present()), unfit.tried());
        };
    }

    private static ObjectNode describe(Path file, Inspection seen) {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.put("file", file.toAbsolutePath().toString());
        document.put("taken", takenAt(file));
        document.put("cluster", seen.clusterUid());
        document.put("hash", seen.status().hashText());
        document.put("revision", seen.status().revision().value());
        document.put("compacted", seen.facts().finishedCompaction().value());
        document.put("entries", seen.status().totalKeys());
        document.put("bytes", seen.status().totalBytes());
        document.put("leases", seen.leases());
        var nodes = document.putArray("nodes");
        seen.nodes().forEach(nodes::add);
        var bootstrap = document.putArray("bootstrapData");
        seen.bootstrap().keySet().forEach(bootstrap::add);
        document.put("objectCount", seen.objectCount());
        document.put("otherKeys", seen.otherKeys());
        document.put("exact", seen.isComplete());
        ObjectNode objects = document.putObject("objects");
        seen.objects().forEach(objects::put);
        return document;
    }

    private static String takenAt(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return new SnapshotCatalogue(folder == null ? file : folder)
                .list().stream()
                        .filter(each -> each.name().text().equals(String.valueOf(file.getFileName())))
                        .findFirst()
                        .map(each -> each.createdAt().toString())
                        .orElse("");
    }

    private static <T> T look(Supplier<T> act) {
        try {
            return act.get();
        } catch (SnapshotDamaged | SnapshotInaccessible e) {
            throw new SnapshotRefused(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * What differs between two snapshots.
     *
     * @param added keys that only the later one has
     * @param removed keys that only the earlier one has
     */
    public record Difference(List<String> added, List<String> changed, List<String> removed) {
        public Difference {
            added = List.copyOf(added);
            changed = List.copyOf(changed);
            removed = List.copyOf(removed);
        }
    }

    public Difference difference(Path earlier, Path later) {
        SortedMap<String, Long> before = look(() -> alive(earlier));
        SortedMap<String, Long> after = look(() -> alive(later));
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        after.forEach((key, sum) -> {
            Long old = before.remove(key);
            if (old == null) {
                added.add(key);
            } else if (!old.equals(sum)) {
                changed.add(key);
            }
        });
        return new Difference(added, changed, List.copyOf(before.keySet()));
    }

    /** Living keys with a sum of their values. */
    private static SortedMap<String, Long> alive(Path file) {
        SortedMap<String, Long> alive = new TreeMap<>();
        try (PlainSnapshot plain = PlainSnapshot.of(file);
                SnapshotFile snapshot = SnapshotFile.open(plain.file())) {
            snapshot.history((at, isDeletion, record) -> {
                String key = record.key().bytes().utf8();
                if (isDeletion) {
                    alive.remove(key);
                } else if (alive.size() < MOST_COMPARED_KEYS) {
                    alive.put(key, sum(record.value()));
                } else {
                    throw new SnapshotRefused("snapshots of more than %d keys are too large to be compared"
                            .formatted(MOST_COMPARED_KEYS));
                }
            });
        }
        return alive;
    }

    private static long sum(Bytes value) {
        var sum = new CRC32C();
        sum.update(value.asReadOnlyBuffer());
        return (sum.getValue() << 32) | value.length();
    }
}
