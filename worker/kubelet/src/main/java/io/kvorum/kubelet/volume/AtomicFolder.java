package io.kvorum.kubelet.volume;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder whose files change all at once: they live in a dated folder, {@code ..data} points to it, and each name on top
 * points through {@code ..data}. A reader sees the old files or the new ones, never a mixture. One thread at a time.
 *
 * <pre>
 *   key -> ..data/key        ..data -> ..2026_01_02_03_04_05.678        ..2026_01_02_03_04_05.678/key
 * </pre>
 */
final class AtomicFolder {
    private static final DateTimeFormatter DATED =
            DateTimeFormatter.ofPattern("'..'uuuu_MM_dd_HH_mm_ss.SSSSSSSSS").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final Optional<Long> group;

    AtomicFolder(Path folder, Optional<Long> group) {
        this.folder = folder;
        this.group = group;
    }

    /** Makes the folder hold exactly these files; false if it did already. */
    boolean write(SortedMap<String, FileContent> files, Instant now) throws IOException {
        Files.createDirectories(folder);
        Path pointer = folder.resolve("..data");
        Optional<Path> before =
                Files.isSymbolicLink(pointer) ? Optional.of(Files.readSymbolicLink(pointer)) : Optional.empty();
        if (before.isPresent() && holds(folder.resolve(before.get()), files)) {
            return false;
        }
        Path fresh = folder.resolve(DATED.format(now));
        for (var file : files.entrySet()) {
            writeFile(fresh, file.getKey(), file.getValue());
        }
        Files.createDirectories(fresh);
        permit(fresh, 0755);
        Path temporary = folder.resolve("..data_tmp");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, fresh.getFileName());
        Files.move(temporary, pointer, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        linkNames(files);
        if (before.isPresent() && !before.get().equals(fresh.getFileName())) {
            deleteTree(folder.resolve(before.get()));
        }
        return true;
    }

    private static boolean holds(Path dated, SortedMap<String, FileContent> files) throws IOException {
        if (!Files.isDirectory(dated)) {
            return false;
        }
        SortedSet<String> found = new TreeSet<>();
        try (Stream<Path> walk = Files.walk(dated)) {
            walk.filter(Files::isRegularFile)
                    .forEach(file -> found.add(dated.relativize(file).toString()));
        }
        if (!found.equals(files.keySet())) {
            return false;
        }
        for (var file : files.entrySet()) {
            byte[] there = Files.readAllBytes(dated.resolve(file.getKey()));
            if (!file.getValue().bytes().equals(io.kvorum.model.Bytes.wrap(there))) {
                return false;
            }
        }
        return true;
    }

    private void writeFile(Path dated, String name, FileContent content) throws IOException {
        Path file = dated.resolve(name).normalize();
        if (!file.startsWith(dated)) {
            throw new IOException("path " + name + " leads out of its volume");
        }
        Files.createDirectories(file.getParent());
        Files.write(file, content.bytes().toByteArray());
        permit(file, group.isPresent() ? content.mode() | 0440 : content.mode());
    }

    private void permit(Path file, int mode) throws IOException {
        if (group.isPresent()) {
            Files.setAttribute(file, "unix:gid", group.get().intValue());
        }
        Files.setAttribute(file, "unix:mode", mode);
    }

    private void linkNames(SortedMap<String, FileContent> files) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        files.keySet().forEach(name -> names.add(name.contains("/") ? name.substring(0, name.indexOf('/')) : name));
        for (String name : names) {
            Path link = folder.resolve(name);
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data", name));
            }
        }
        try (Stream<Path> present = Files.list(folder)) {
            for (Path path : present.toList()) {
                String name = path.getFileName().toString();
                if (!name.startsWith("..") && !names.contains(name)) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Deletes a folder and all below it, following no link. */
    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @org.jspecify.annotations.Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
