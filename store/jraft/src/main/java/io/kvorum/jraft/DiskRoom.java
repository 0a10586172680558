package io.kvorum.jraft;

import io.kvorum.jraft.log.RoomWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does when its disk is full: entries wait until there is room, it takes no proposals and does not lead.
 * A little room is kept back for the few bytes a vote takes, without which the library would give up for good. Any
 * thread.
 */
final class DiskRoom implements RoomWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int RESERVE_BYTES = 1 << 20;
    private static final long ENOUGH_BYTES = 3L << 20;
    private static final long SNAPSHOT_BYTES = 4L << 20;
    private static final long VOTE_BYTES = 256L << 10;

    private final Path folder;
    private final Path reserve;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Runnable onShortage;
    private final ScheduledExecutorService timers;
    private volatile @Nullable String shortage;
    private volatile @Nullable String voteTrouble;
    private final AtomicBoolean retrying = new AtomicBoolean();
    private volatile Runnable retry = () -> {};

    /** @param onShortage must not block */
    DiskRoom(Path folder, Runnable onShortage, ScheduledExecutorService timers) {
        this.timers = timers;
        this.folder = folder;
        this.reserve = folder.resolve("reserve");
        this.onShortage = onShortage;
    }

    void keepReserve() {
        try {
            if (!Files.exists(reserve)) {
                Files.write(reserve, new byte[RESERVE_BYTES]);
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", reserve).setCause(e).log("no room to keep a reserve");
        }
    }

    /** Why no proposals are taken; empty while they are. */
    Optional<String> shortage() {
        return Optional.ofNullable(shortage);
    }

    /** What an operator has to know of the disk; empty while all is well. */
    Optional<String> trouble() {
        return shortage().or(() -> Optional.ofNullable(voteTrouble));
    }

    /** Calls back, now and then, while term and vote could not be written. */
    void whenVoteIsRetried(Runnable callback) {
        retry = callback;
    }

    void voteWritten() {
        voteTrouble = null;
    }

    void voteNotWritten(Path file, IOException failure) {
        if (voteTrouble == null) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", failure.getMessage())
                    .log("this member's vote cannot be written: it neither votes nor leads until it can");
            timers.schedule(this::retryVote, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
        voteTrouble = "%s cannot be written (%s): this member neither votes nor leads until it can; look at its disk"
                .formatted(file, failure.getMessage());
    }

    private void retryVote() {
        if (voteTrouble == null || closed.getCount() == 0) {
            return;
        }
        if (retrying.compareAndSet(false, true)) { // it waits for the disk, so not on the timers' thread
            Thread.ofVirtual().name("vote-retry").start(() -> {
                retry.run();
                retrying.set(false);
            });
        }
        timers.schedule(this::retryVote, RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean waitForRoom(IOException failure) {
        if (shortage == null) {
            shortage = "the disk under %s is full; free some space and this member goes on by itself".formatted(folder);
            LOG.atError()
                    .addKeyValue("folder", folder)
                    .addKeyValue("reason", failure.getMessage())
                    .log("the log has no room and waits for some");
        }
        onShortage.run();
        try {
            do {
                if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return false;
                }
            } while (usable() < ENOUGH_BYTES); // entries must not take what the reserve gave to votes
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void roomAgain() {
        shortage = null;
        LOG.atInfo().addKeyValue("folder", folder).log("the log has room again");
        keepReserve();
    }

    boolean isRoomForSnapshot() {
        return shortage == null && usable() > SNAPSHOT_BYTES;
    }

    /** Called before term and vote are written down. */
    void makeRoomForVote() {
        if (usable() < VOTE_BYTES) {
            try {
                Files.deleteIfExists(reserve);
            } catch (IOException e) {
                LOG.atWarn().setCause(e).log("the reserve for a full disk could not be used");
            }
        }
    }

    private long usable() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // whoever writes will see
        }
    }

    void close() {
        closed.countDown();
    }
}
