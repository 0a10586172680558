package io.kvorum.kubelet.containerd;

import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The image archives in {@code agent/images}: each is imported once and again when it changes. What was imported is
 * noted beside containerd's data, so that a fresh containerd imports all. One thread at a time.
 */
public final class ImageArchives {
    private static final Logger LOG = LoggerFactory.getLogger(ImageArchives.class);
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private final Path folder;
    private final Path notes;
    private final Path ctr;
    private final Path socket;

    public ImageArchives(ContainerdSettings settings) {
        this.folder = settings.paths().images();
        this.notes = settings.paths().containerdRoot().resolve("imported-archives");
        this.ctr = settings.programs().ctr();
        this.socket = settings.paths().containerdSocket();
    }

    /** Imports what is new; a broken archive is logged and tried again when it changes. Returns how many were imported. */
    public int importNew() {
        Properties imported = readNotes();
        int count = 0;
        for (Path archive : archives()) {
            String name = archive.getFileName().toString();
            String mark = markOf(archive);
            if (!mark.isEmpty() && !mark.equals(imported.getProperty(name))) {
                if (importOne(archive)) {
                    count++;
                }
                imported.setProperty(name, mark);
            }
        }
        if (count > 0) {
            writeNotes(imported);
        }
        return count;
    }

    private List<Path> archives() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(
                    files.filter(ImageArchives::isArchive).sorted().toList());
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("folder", folder).setCause(failure).log("image archives cannot be listed");
            return List.of();
        }
    }

    private static boolean isArchive(Path file) {
        String name = file.getFileName().toString();
        return Stream.of(".tar", ".tar.gz", ".tgz", ".tar.zst").anyMatch(name::endsWith) && Files.isRegularFile(file);
    }

    private static String markOf(Path archive) {
        try {
            return Files.size(archive) + "@"
                    + Files.getLastModifiedTime(archive).toMillis();
        } catch (IOException vanished) {
            return "";
        }
    }

    private boolean importOne(Path archive) {
        long start = System.nanoTime();
        try {
            importCommand(archive).runOrThrow();
            LOG.atInfo()
                    .addKeyValue("archive", archive.getFileName())
                    .addKeyValue("millis", (System.nanoTime() - start) / 1_000_000)
                    .log("imported images");
            return true;
        } catch (CommandFailed failure) {
            LOG.atError()
                    .addKeyValue("archive", archive)
                    .addKeyValue("reason", failure.getMessage())
                    .log("image archive cannot be imported");
            return false;
        }
    }

    /** Layers inside may be compressed, which containerd reads itself; a compressed archive is unpacked on the way. */
    private Command importCommand(Path archive) {
        String name = archive.getFileName().toString();
        List<String> importWords = List.of(ctr.toString(), "-a", socket.toString(), "-n", "k8s.io", "images", "import");
        if (name.endsWith(".tar")) {
            List<String> words = new ArrayList<>(importWords);
            words.add(archive.toString());
            return new Command(words, "", DEADLINE);
        }
        String unpack = name.endsWith(".zst") ? "zstd" : "gzip";
        String script =
                "command -v %1$s >/dev/null || { echo 'the program %1$s is missing: install the package' >&2; exit 127; }; %1$s -dc -- \"$0\" | \"$@\" -"
                        .formatted(unpack);
        List<String> words = new ArrayList<>(List.of("sh", "-c", script, archive.toString()));
        words.addAll(importWords);
        return new Command(words, "", DEADLINE);
    }

    private Properties readNotes() {
        Properties imported = new Properties();
        if (Files.exists(notes)) {
            try (var in = Files.newBufferedReader(notes)) {
                imported.load(in);
            } catch (IOException unreadable) {
                LOG.atWarn().addKeyValue("file", notes).setCause(unreadable).log("notes on imported images are lost");
            }
        }
        return imported;
    }

    private void writeNotes(Properties imported) {
        Path fresh = notes.resolveSibling("imported-archives.new");
        try {
            try (var out = Files.newBufferedWriter(fresh)) {
                imported.store(out, null);
            }
            Files.move(fresh, notes, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("file", notes).setCause(failure).log("imported images cannot be noted");
        }
    }
}
