package io.kvorum.node.manifests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * {@code server/manifests}: YAML and JSON files, also in folders below. A file {@code x.yaml.skip} beside {@code x.yaml} keeps
 * that from being applied, and so does its name, or that of a folder above it, among those left out. One thread at a time.
 */
final class ManifestFolder {
    private static final Pattern NAME = Pattern.compile("(.+)\\.(yaml|yml|json)");
    private static final int LARGEST_BYTES = 3 << 20;
    private static final int DEEPEST = 16;

    private final Path folder;
    private final Set<String> leftOut;

    /** @param leftOut names without endings, as {@code --disable} has them */
    ManifestFolder(Path folder, Set<String> leftOut) {
        this.folder = folder;
        this.leftOut = Set.copyOf(leftOut);
    }

    void make() throws IOException {
        Files.createDirectories(folder);
    }

    /** What is to be applied, in the order of the paths. */
    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder, DEEPEST)) {
            return all.filter(Files::isRegularFile)
                    .filter(this::isWanted)
                    .sorted()
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** @throws IOException when it cannot be read, or is too large */
    ManifestFile read(Path path) throws IOException {
        if (Files.size(path) > LARGEST_BYTES) {
            throw new IOException("it is larger than %d bytes; split it".formatted(LARGEST_BYTES));
        }
        String text = Files.readString(path);
        return new ManifestFile(path, baseName(path), text, checksum(text));
    }

    private boolean isWanted(Path path) {
        return NAME.matcher(fileName(path)).matches()
                && !Files.exists(path.resolveSibling(path.getFileName() + ".skip"))
                && !leftOut.contains(baseName(path))
                && folders(path).noneMatch(leftOut::contains);
    }

    /** The names of the folders between this one and the file. */
    private Stream<String> folders(Path path) {
        Path parent = folder.relativize(path).getParent();
        return parent == null
                ? Stream.empty()
                : StreamSupport.stream(parent.spliterator(), false).map(Path::toString);
    }

    private static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }

    static String baseName(Path path) {
        Matcher parts = NAME.matcher(fileName(path));
        return parts.matches() ? parts.group(1) : fileName(path);
    }

    private static String checksum(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
