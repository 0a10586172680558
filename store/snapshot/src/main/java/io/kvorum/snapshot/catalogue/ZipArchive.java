package io.kvorum.snapshot.catalogue;

import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A snapshot packed as K3s packs it: a zip file with the one file in it. Stateless. */
final class ZipArchive {
    private static final int BUFFER_BYTES = 1 << 18;

    private ZipArchive() {}

    /** Packs a file and waits until the disk has it. */
    static void pack(Path plain, String entryName, Path zip, LongConsumer progress) {
        try (FileChannel channel = secretFile(zip);
                OutputStream file = Channels.newOutputStream(channel);
                ZipOutputStream out = new ZipOutputStream(file);
                InputStream in = Files.newInputStream(plain)) {
            out.putNextEntry(new ZipEntry(entryName));
            copy(in, out, Long.MAX_VALUE, progress);
            out.closeEntry();
            out.finish();
            channel.force(true);
        } catch (IOException e) {
            throw new SnapshotInaccessible(zip, "compress", e);
        }
    }

    /**
     * Unpacks the one file.
     *
     * @param mostBytes more than that cannot be a snapshot of ours: an archive can promise endless content
     */
    static void unpack(Path zip, Path plain, long mostBytes) {
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream in = new ZipInputStream(file);
                FileChannel channel = secretFile(plain);
                OutputStream out = Channels.newOutputStream(channel)) {
            if (in.getNextEntry() == null) {
                throw damaged(zip, "it is no zip file, or an empty one");
            }
            copy(in, out, mostBytes, done -> {});
            if (in.read() >= 0) {
                throw damaged(zip, "it holds more than %d bytes, which do not fit on the disk".formatted(mostBytes));
            }
        } catch (ZipException e) {
            throw damaged(zip, "it cannot be unpacked: " + e.getMessage());
        } catch (java.io.EOFException e) {
            throw damaged(zip, "it ends too early");
        } catch (IOException e) {
            throw new SnapshotInaccessible(zip, "unpack", e);
        }
    }

    private static SnapshotDamaged damaged(Path zip, String what) {
        try {
            return new SnapshotDamaged(zip, 0, Files.size(zip), what);
        } catch (IOException e) {
            throw new SnapshotInaccessible(zip, "read", e);
        }
    }

    private static void copy(InputStream in, OutputStream out, long mostBytes, LongConsumer progress)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = 0;
        while (done < mostBytes) {
            int read = in.read(buffer, 0, (int) Math.min(BUFFER_BYTES, mostBytes - done));
            if (read < 0) {
                return;
            }
            out.write(buffer, 0, read);
            done += read;
            progress.accept(done);
        }
    }

    /** The file holds every secret of the cluster. */
    private static FileChannel secretFile(Path file) throws IOException {
        FileAttribute<Set<PosixFilePermission>> owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return FileChannel.open(file, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner);
    }
}
