package io.kvorum.snapshot.catalogue;

import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A snapshot's file as it can be read: itself, or what its archive holds, unpacked until this is closed. One thread. */
public final class PlainSnapshot implements AutoCloseable {
    private final Path file;
    private final boolean isUnpacked;

    private PlainSnapshot(Path file, boolean isUnpacked) {
        this.file = file;
        this.isUnpacked = isUnpacked;
    }

    public static PlainSnapshot of(Path file) {
        if (!file.getFileName().toString().endsWith(SnapshotName.COMPRESSED)) {
            return new PlainSnapshot(file, false);
        }
        try {
            Path plain = file.resolveSibling(
                    "." + file.getFileName() + "-" + ProcessHandle.current().pid() + Folder.PART);
            Files.deleteIfExists(plain);
            try {
                ZipArchive.unpack(file, plain, Files.getFileStore(file).getUsableSpace());
            } catch (RuntimeException e) {
                Files.deleteIfExists(plain);
                throw e;
            }
            return new PlainSnapshot(plain, true);
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "unpack", e);
        }
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() {
        if (isUnpacked) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new SnapshotInaccessible(file, "delete the unpacked", e);
            }
        }
    }
}
