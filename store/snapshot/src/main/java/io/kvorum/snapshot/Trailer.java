package io.kvorum.snapshot;

import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The 32 bytes behind the pages of a snapshot: SHA-256 of everything before them. As pages come in multiples of 512
 * bytes, the file's size tells whether they are there. Stateless.
 */
final class Trailer {
    static final int BYTES = 32;
    private static final int LEAST_PAGE = 512;
    private static final int BUFFER_BYTES = 1 << 18;

    private Trailer() {}

    static boolean isPresent(long fileBytes) {
        return fileBytes % LEAST_PAGE == BYTES;
    }

    /** Adds the trailer to a complete file and waits until the disk has it. */
    static void append(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = channel.size();
            ByteBuffer trailer = ByteBuffer.wrap(digest(channel, length));
            while (trailer.hasRemaining()) {
                channel.write(trailer, length + trailer.position());
            }
            channel.force(true);
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "write", e);
        }
    }

    /** @throws SnapshotDamaged when the trailer is missing or promises other content */
    static void verify(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (!isPresent(size)) {
                throw new SnapshotDamaged(
                        file,
                        Math.max(0, size - BYTES),
                        size,
                        "a file of %d bytes has no checksum at its end".formatted(size));
            }
            byte[] promised = new byte[BYTES];
            ByteBuffer target = ByteBuffer.wrap(promised);
            while (target.hasRemaining() && channel.read(target, size - target.remaining()) >= 0) {
                // One read may bring less than asked for.
            }
            byte[] found = digest(channel, size - BYTES);
            if (!MessageDigest.isEqual(promised, found)) {
                throw new SnapshotDamaged(
                        file,
                        0,
                        size,
                        "its SHA-256 is %s, its end promises %s"
                                .formatted(
                                        HexFormat.of().formatHex(found),
                                        HexFormat.of().formatHex(promised)));
            }
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "read", e);
        }
    }

    private static byte[] digest(FileChannel channel, long length) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long done = 0;
        while (done < length) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, length - done));
            int read = channel.read(buffer, done);
            if (read < 0) {
                throw new IOException("the file shrank from %d to %d bytes while it was read".formatted(length, done));
            }
            digest.update(buffer.flip());
            done += read;
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
