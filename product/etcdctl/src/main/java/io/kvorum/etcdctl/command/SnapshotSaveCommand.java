package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import picocli.CommandLine.Command;

/**
 * The command {@code snapshot save}: streams a member's state into a file beside the wanted one, checks the SHA-256 at
 * its end, syncs and renames, so that a file with the wanted name is always whole.
 */
@Command(
        name = "save",
        customSynopsis = "snapshot save <filename>",
        description = "Stores an etcd node backend snapshot to a given file")
final class SnapshotSaveCommand extends Act {
    private static final int HASH_BYTES = 32;
    private static final int PAGE_BYTES = 512;

    SnapshotSaveCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "snapshot save expects one argument");
        if (session.flags().endpoints().size() != 1) {
            throw new Failure(
                    Failure.Code.INTERRUPTED,
                    "snapshot must be requested to one selected node, not multiple ["
                            + String.join(" ", session.flags().endpoints()) + "]");
        }
        Path file = Path.of(argument(0));
        Path part = Path.of(argument(0) + ".part");
        String version = save(file, part);
        session.out().println("Snapshot saved at " + argument(0));
        if (!version.isEmpty()) {
            session.out().println("Server version " + version);
        }
    }

    /** Returns the version of the server. Whatever fails, a snapshot that was there before stays. */
    private String save(Path file, Path part) {
        try {
            Files.deleteIfExists(part);
            String version = download(part);
            check(part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder(file);
            return version;
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.IO,
                    "could not save the snapshot to %s: %s; run it again".formatted(file, e.getMessage()));
        } catch (StatusRuntimeException e) {
            throw Failure.error(
                    "could not fetch the snapshot: %s; nothing was saved, run it again or ask another member"
                            .formatted(Failures.text(e)));
        } finally {
            discard(part);
        }
    }

    private void discard(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            session.err().println("Warning: " + part + " is left behind: " + e.getMessage());
        }
    }

    private String download(Path part) throws IOException {
        String version = "";
        Iterator<SnapshotResponse> answers = MaintenanceGrpc.newBlockingStub(
                        session.wire().reachable())
                .snapshot(SnapshotRequest.getDefaultInstance());
        // Whoever reads a snapshot reads all secrets.
        try (FileChannel channel = FileChannel.open(
                        part,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                OutputStream out = Channels.newOutputStream(channel)) {
            while (answers.hasNext()) {
                SnapshotResponse answer = answers.next();
                version = answer.getVersion();
                answer.getBlob().writeTo(out);
            }
            channel.force(true);
        }
        return version;
    }

    private static void check(Path part) throws IOException {
        long size = Files.size(part);
        if (size % PAGE_BYTES != HASH_BYTES) {
            throw new IOException(
                    "%s has %d bytes and thus no checksum at its end; the transfer broke off".formatted(part, size));
        }
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(part)) {
            byte[] buffer = new byte[1 << 16];
            long left = size - HASH_BYTES;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException(part + " shrank while it was checked");
                }
                digest.update(buffer, 0, read);
                left -= read;
            }
            if (!Arrays.equals(digest.digest(), in.readNBytes(HASH_BYTES))) {
                throw new IOException(part + " does not match the checksum at its end; take the snapshot again");
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The new name survives a loss of power only when its folder is synced too. */
    private static void syncFolder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
