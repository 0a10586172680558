package io.kvorum.etcdserver;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.SnapshotResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.FrozenState;
import io.kvorum.snapshot.SnapshotWriter;
import io.kvorum.snapshot.StoreContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams the store as a snapshot of etcd's: first into a file on the store's own disk, since the state must not stay
 * frozen as long as a client likes and since each chunk tells how much is left, then as fast as the client takes it.
 * Any thread.
 */
final class SnapshotStream {
    private static final Logger log = LoggerFactory.getLogger(SnapshotStream.class);

    /** More at a time would fill the disk with copies. */
    private static final int MOST_AT_ONCE = 2;

    private static final int CHUNK_BYTES = 32 << 10;
    private static final int TRAILER_BYTES = 32;
    private static final Duration CLIENT_PATIENCE = Duration.ofMinutes(2);
    /** Room that must stay on the disk for the store itself. */
    private static final long SPARE_BYTES = 64 << 20;

    private final EmbeddedStore store;
    private final String version;
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);

    SnapshotStream(EmbeddedStore store, String version) {
        this.store = store;
        this.version = version;
    }

    /** Returns at once: the client's readiness is told on the thread that asked. */
    void serve(ServerCallStreamObserver<SnapshotResponse> caller, Supplier<ResponseHeader> header) {
        if (!turns.tryAcquire()) {
            throw Problem.TOO_MANY_REQUESTS.exception();
        }
        // Wakes the stream at readiness and at the client's leaving; one permit is enough for both.
        Semaphore bell = new Semaphore(0);
        caller.setOnReadyHandler(bell::release);
        caller.setOnCancelHandler(bell::release);
        Thread.ofVirtual().name("etcd-snapshot").start(() -> {
            try {
                run(caller, header, bell);
                if (!caller.isCancelled()) {
                    caller.onCompleted();
                }
            } catch (RuntimeException e) {
                log.atWarn().setCause(e).log("a snapshot could not be streamed");
                if (!caller.isCancelled()) {
                    caller.onError(Failures.answer(e));
                }
            } finally {
                turns.release();
            }
        });
    }

    private void run(
            ServerCallStreamObserver<SnapshotResponse> caller, Supplier<ResponseHeader> header, Semaphore bell) {
        @Nullable Path file = null;
        try {
            ResponseHeader first = header.get();
            file = write();
            stream(file, caller, first, bell);
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshot could not be written or read", e);
        } finally {
            remove(file);
        }
    }

    private Path write() throws IOException {
        try (FrozenState state = store.freeze()) {
            long room = Files.getFileStore(state.scratch()).getUsableSpace();
            long needed = state.sizeInUseBytes() + SPARE_BYTES;
            if (room < needed) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription("etcdserver: a snapshot needs %d bytes on the store's disk, which has %d left"
                                .formatted(needed, room))
                        .asRuntimeException();
            }
            Path file = Files.createTempFile(state.scratch(), "stream-", ".db");
            try {
                var ignored = SnapshotWriter.write(file, new StoreContent(state));
                return file;
            } catch (RuntimeException e) {
                remove(file);
                throw e;
            }
        }
    }

    private void stream(
            Path file, ServerCallStreamObserver<SnapshotResponse> caller, ResponseHeader header, Semaphore bell)
            throws IOException {
        long pages = Files.size(file) - TRAILER_BYTES;
        long left = pages;
        try (InputStream in = Files.newInputStream(file)) {
            while (left > 0 && awaitReady(caller, bell)) {
                byte[] chunk = in.readNBytes((int) Math.min(CHUNK_BYTES, left));
                left -= chunk.length;
                SnapshotResponse.Builder response = part(chunk, left);
                if (left + chunk.length == pages) {
                    response.setHeader(header);
                }
                caller.onNext(response.build());
            }
            if (awaitReady(caller, bell)) {
                caller.onNext(part(in.readNBytes(TRAILER_BYTES), 0).build());
            }
        }
    }

    private SnapshotResponse.Builder part(byte[] bytes, long left) {
        return SnapshotResponse.newBuilder()
                .setBlob(ByteString.copyFrom(bytes))
                .setRemainingBytes(left)
                .setVersion(version);
    }

    /** False when the client went away. */
    private static boolean awaitReady(ServerCallStreamObserver<SnapshotResponse> caller, Semaphore bell) {
        try {
            while (!caller.isReady() && !caller.isCancelled()) {
                if (!bell.tryAcquire(CLIENT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw Status.ABORTED
                            .withDescription("etcdserver: the snapshot was not taken for " + CLIENT_PATIENCE)
                            .asRuntimeException();
                }
                bell.drainPermits();
            }
            return !caller.isCancelled();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            StatusRuntimeException stopped = Problem.STOPPED.exception();
            stopped.initCause(e);
            throw stopped;
        }
    }

    private static void remove(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.atWarn()
                    .setCause(e)
                    .addKeyValue("file", file)
                    .log("a streamed snapshot's file stays until the restart");
        }
    }
}
