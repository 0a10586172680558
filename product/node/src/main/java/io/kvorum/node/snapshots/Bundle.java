package io.kvorum.node.snapshots;

import io.kvorum.pki.PkiException;
import io.kvorum.pki.Seal;
import io.kvorum.pki.SealedEnvelope;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.Inspection;
import io.kvorum.snapshot.catalogue.PlainSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * All that a bare machine needs to become the cluster again, in one zip file: {@code snapshot.db} as etcd's tools read it,
 * and {@code sealed.json}, which holds {@link BundleContent}. Used by one thread.
 */
public final class Bundle {
    private static final String DATABASE = "snapshot.db";
    private static final String SEALED = "sealed.json";
    private static final String ABOUT = "ABOUT.txt";
    private static final String TEXT = """
            A cluster in one file. snapshot.db is a snapshot of its store in etcd's format, and holds its Secrets in
            clear text. sealed.json holds its token, configuration and manifests, sealed to a passphrase or a public key.
            To make a bare machine the cluster:  k3s etcd-snapshot restore FILE --passphrase-file FILE
            """;

    private static final long MOST_SEALED_BYTES = 64L << 20;
    private static final int BUFFER_BYTES = 1 << 18;

    private final Path file;

    public Bundle(Path file) {
        this.file = file;
    }

    /** Whether the file looks like one. */
    public boolean isOne() {
        try (var zip = new ZipFile(file.toFile())) {
            return zip.getEntry(DATABASE) != null && zip.getEntry(SEALED) != null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Writes it; the file is there only once it is whole and was read through again.
     *
     * @param snapshot a file of the catalogue
     * @param token of the cluster, in any form
     */
    public void write(Path snapshot, String token, BundleContent.Folders folders, Seal seal) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (PlainSnapshot plain = PlainSnapshot.of(snapshot)) {
            String sealed =
                    SealedEnvelope.close(BundleContent.of(token, folders).toBytes(), seal);
            try {
                Files.deleteIfExists(part);
                pack(plain.file(), sealed, part);
                check(part, seal);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
                try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
                    folder.force(true);
                }
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new SnapshotRefused("the bundle %s cannot be written: %s".formatted(file, e), e);
        } catch (PkiException | SnapshotDamaged | SnapshotInaccessible e) {
            throw new SnapshotRefused(String.valueOf(e.getMessage()), e);
        }
    }

    private static void pack(Path database, String sealed, Path target) throws IOException {
        try (FileChannel channel = ownersFile(target);
                OutputStream bytes = Channels.newOutputStream(channel);
                var zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.BEST_SPEED);
            put(zip, ABOUT, TEXT);
            put(zip, SEALED, sealed);
            zip.putNextEntry(new ZipEntry(DATABASE));
            Files.copy(database, zip);
            zip.closeEntry();
            zip.finish();
            channel.force(true);
        }
    }

    private static void put(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    /** A bundle that cannot be opened is worse than none. */
    private static void check(Path part, Seal seal) throws IOException {
        Path again = part.resolveSibling(part.getFileName() + ".db");
        try {
            new Bundle(part).extract(again);
            Inspection.of(again);
            if (seal instanceof Seal.Passphrase) {
                new Bundle(part).content(seal);
            }
        } finally {
            Files.deleteIfExists(again);
        }
    }

    /**
     * What is sealed in it.
     *
     * @throws SnapshotRefused when this does not open it
     */
    public BundleContent content(Seal seal) {
        try (var zip = new ZipFile(file.toFile());
                InputStream in = zip.getInputStream(entry(zip, SEALED))) {
            String sealed = new String(in.readNBytes((int) MOST_SEALED_BYTES), StandardCharsets.UTF_8);
            Optional<byte[]> opened = SealedEnvelope.open(sealed, seal);
            return BundleContent.parse(opened.orElseThrow(
                    () -> new SnapshotRefused("%s does not open the bundle %s".formatted(named(seal), file))));
        } catch (IOException | PkiException e) {
            throw new SnapshotRefused("the bundle %s cannot be opened: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String named(Seal seal) {
        return switch (seal) {
            case Seal.Passphrase _ -> "the passphrase";
            case Seal.Holder _, Seal.Recipient _ -> "the key";
        };
    }

    private ZipEntry entry(ZipFile zip, String name) {
        return Optional.ofNullable(zip.getEntry(name))
                .orElseThrow(() -> new SnapshotRefused("%s is no bundle: it holds no %s".formatted(file, name)));
    }

    /** Puts the database into a file, which is replaced if it is there; it appears only when it is whole. */
    public void extract(Path target) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (var zip = new ZipFile(file.toFile())) {
            ZipEntry entry = entry(zip, DATABASE);
            Files.deleteIfExists(part);
            try (InputStream in = zip.getInputStream(entry);
                    FileChannel channel = ownersFile(part);
                    OutputStream out = Channels.newOutputStream(channel)) {
                copy(in, out, entry.getSize());
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new SnapshotRefused("the bundle %s is damaged or cannot be unpacked: %s".formatted(file, e), e);
        }
    }

    /** An archive may promise less than it holds. */
    private static void copy(InputStream in, OutputStream out, long size) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            done += read;
            if (done > size) {
                throw new IOException("it holds more than it says");
            }
            out.write(buffer, 0, read);
        }
    }

    /** Secrets of the cluster are in it. */
    private static FileChannel ownersFile(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Writes configuration and manifests of the bundle to this machine. */
    public void putFiles(BundleContent content, BundleContent.Folders folders, Consumer<String> notes) {
        try {
            content.put(folders, notes);
        } catch (IOException e) {
            throw new SnapshotRefused("the bundle's files cannot be written: " + e, e);
        }
    }
}
