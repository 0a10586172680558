package io.kvorum.snapshot.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One file on its way into a bucket, in parts if it is large; nothing but buffers is held in memory. One thread. */
final class Upload {
    private static final int BUFFER_BYTES = 1 << 17;
    private static final long LEAST_PART_BYTES = 16L << 20;
    /** S3 takes 10,000. */
    private static final long MOST_PARTS = 9_000;
    /** Removing the parts of a failed upload is tried even when its own time is over. */
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(20);

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final Path file;
    private final Deadline deadline;

    Upload(S3Client client, String bucket, String key, Path file, Deadline deadline) {
        this.client = client;
        this.bucket = bucket;
        this.key = key;
        this.file = file;
        this.deadline = deadline;
    }

    /** @return the entity tag by which the bucket should know the content */
    String send(Map<String, String> metadata, LongConsumer progress) throws IOException {
        long size = Files.size(file);
        if (size <= LEAST_PART_BYTES) {
            Part whole = part(0, size);
            client.putObject(
                    request -> request.bucket(bucket)
                            .key(key)
                            .metadata(metadata)
                            .contentMD5(whole.md5Text())
                            .overrideConfiguration(deadline::limit),
                    whole.body());
            progress.accept(size);
            return HexFormat.of().formatHex(whole.md5());
        }
        return sendInParts(size, metadata, progress);
    }

    private String sendInParts(long size, Map<String, String> metadata, LongConsumer progress) throws IOException {
        String id = client.createMultipartUpload(request ->
                        request.bucket(bucket).key(key).metadata(metadata).overrideConfiguration(deadline::limit))
                .uploadId();
        boolean isComplete = false;
        try {
            long partBytes = Math.max(LEAST_PART_BYTES, size / MOST_PARTS + 1);
            List<CompletedPart> done = new ArrayList<>();
            MessageDigest tags = md5();
            for (long from = 0; from < size; from += partBytes) {
                Part part = part(from, Math.min(partBytes, size - from));
                done.add(send(id, done.size() + 1, part));
                tags.update(part.md5());
                progress.accept(Math.min(size, from + partBytes));
            }
            client.completeMultipartUpload(request -> request.bucket(bucket)
                    .key(key)
                    .uploadId(id)
                    .multipartUpload(
                            CompletedMultipartUpload.builder().parts(done).build())
                    .overrideConfiguration(deadline::limit));
            isComplete = true;
            return HexFormat.of().formatHex(tags.digest()) + "-" + done.size();
        } finally {
            if (!isComplete) {
                abort(id);
            }
        }
    }

    private CompletedPart send(String id, int number, Part part) {
        String tag = client.uploadPart(
                        request -> request.bucket(bucket)
                                .key(key)
                                .uploadId(id)
                                .partNumber(number)
                                .contentMD5(part.md5Text())
                                .overrideConfiguration(deadline::limit),
                        part.body())
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /** Parts that stay behind cost money and are seen by nobody. */
    private void abort(String id) {
        try {
            client.abortMultipartUpload(request -> request.bucket(bucket)
                    .key(key)
                    .uploadId(id)
                    .overrideConfiguration(AwsRequestOverrideConfiguration.builder()
                            .apiCallTimeout(ABORT_LIMIT)
                            .build()));
        } catch (SdkException e) {
            // the failure that led here is the one to tell
        }
    }

    /** A stretch of the file. */
    @SuppressWarnings("ArrayRecordComponent") // a digest on its way to two forms; parts are never compared
    private record Part(byte[] md5, RequestBody body) {
        String md5Text() {
            return Base64.getEncoder().encodeToString(md5);
        }
    }

    private Part part(long from, long length) throws IOException {
        MessageDigest digest = md5();
        try (InputStream in = open(from)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long left = length; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException("%s became shorter while it was uploaded".formatted(file));
                }
                digest.update(buffer, 0, read);
                left -= read;
            }
        }
        return new Part(
                digest.digest(),
                RequestBody.fromContentProvider(() -> stretch(from, length), length, "application/octet-stream"));
    }

    /** Opened anew for every try. */
    private InputStream stretch(long from, long length) {
        try {
            return new Stretch(open(from), length);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private InputStream open(long from) throws IOException {
        return Channels.newInputStream(FileChannel.open(file).position(from));
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** The first bytes of a stream. */
    private static final class Stretch extends java.io.FilterInputStream {
        private long left;

        Stretch(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            int read = left > 0 ? super.read() : -1;
            left -= read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = left > 0 ? super.read(buffer, offset, (int) Math.min(length, left)) : -1;
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = super.skip(Math.min(count, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
