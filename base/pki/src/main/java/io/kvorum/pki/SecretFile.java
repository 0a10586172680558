package io.kvorum.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;

/**
 * Writes small files so that a crash leaves the old or the new content, never a part, and so that nobody else may read
 * them even for a moment.
 */
public final class SecretFile {
    private SecretFile() {}

    /** @param mode such as {@code rw-------} */
    public static void write(Path file, String content, String mode) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                createFolder(folder);
            }
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            var permissions = PosixFilePermissions.fromString(mode);
            var create = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var out = FileChannel.open(fresh, create, PosixFilePermissions.asFileAttribute(permissions))) {
                out.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
                out.force(true);
            }
            Files.setPosixFilePermissions(fresh, permissions);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** @throws PkiException when others than the owner may read it */
    public static void refuseIfReadableByOthers(Path file) {
        try {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            if (!mode.endsWith("------")) {
                throw new PkiException(
                        file, "holds a secret but others may read it (mode %s); run chmod 600 on it".formatted(mode));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the mode of " + file, e);
        }
    }

    /** Makes the folder and its parents, readable by the owner alone. */
    public static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }
}
