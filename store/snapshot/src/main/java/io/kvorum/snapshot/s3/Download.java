package io.kvorum.snapshot.s3;

import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Takes an object's content into a file of its owner alone and checks its sum. One thread. */
final class Download implements ResponseTransformer<GetObjectResponse, Long> {
    private static final int BUFFER_BYTES = 1 << 17;
    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Path target;

    Download(Path target) {
        this.target = target;
    }

    @Override
    public Long transform(GetObjectResponse response, AbortableInputStream in) throws IOException {
        try (FileChannel out = FileChannel.open(
                target, ANEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            MessageDigest digest = Sums.sha256();
            long size = copy(in, out, digest);
            out.force(true);
            check(response, size, HexFormat.of().formatHex(digest.digest()));
            return size;
        }
    }

    private static long copy(InputStream in, FileChannel out, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = 0;
        for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
            digest.update(buffer, 0, read);
            var bytes = ByteBuffer.wrap(buffer, 0, read);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            done += read;
        }
        return done;
    }

    /** A connection that breaks is tried again; a disk that is full is not. */
    private static int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw RetryableException.create("the download broke off", e);
        }
    }

    private void check(GetObjectResponse response, long size, String sum) {
        long expected = response.contentLength();
        if (size != expected) {
            throw RetryableException.create("the download ended after %d of %d bytes".formatted(size, expected), null);
        }
        String promised = response.metadata().getOrDefault(S3Bucket.SUM, sum);
        if (!promised.equals(sum)) {
            throw new SnapshotDamaged(
                    target, 0, size, "its SHA-256 is %s, when it was uploaded it was %s".formatted(sum, promised));
        }
    }
}
