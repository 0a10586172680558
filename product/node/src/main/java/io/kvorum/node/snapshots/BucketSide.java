package io.kvorum.node.snapshots;

import io.kvorum.node.config.S3Options;
import io.kvorum.node.config.SnapshotSettings;
import io.kvorum.snapshot.catalogue.SaveProgress;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotName;
import io.kvorum.snapshot.s3.BucketFailure;
import io.kvorum.snapshot.s3.BucketSnapshot;
import io.kvorum.snapshot.s3.S3Bucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server does with its bucket; a bucket that fails never harms what is on the disk. Any thread; calls block. */
final class BucketSide {
    private static final Logger LOG = LoggerFactory.getLogger(BucketSide.class);

    private final SnapshotSettings settings;
    private final String node;
    private final BucketSecret secret;
    /** Held across a whole upload: one that begins deletes what it takes for the remains of one that was killed. */
    private final ReentrantLock uploading = new ReentrantLock();

    BucketSide(SnapshotSettings settings, String node, BucketSecret secret) {
        this.settings = settings;
        this.node = node;
        this.secret = secret;
    }

    /**
     * What came of work with a bucket.
     *
     * @param location of the bucket that was used; empty when none was wanted, or it could not be told
     * @param failure why it did not succeed; empty when it did, or when no bucket was wanted
     */
    record Result(List<BucketSnapshot> snapshots, Optional<String> location, Optional<String> failure) {
        static final Result NONE = new Result(List.of(), Optional.empty(), Optional.empty());

        Result {
            snapshots = List.copyOf(snapshots);
        }
    }

    /** @return what was deleted there, beyond what is kept */
    Result copy(
            SavedSnapshot saved,
            SnapshotWish wish,
            int kept,
            SaveProgress progress,
            Consumer<BucketSnapshot> uploaded) {
        return work(wish.bucket(), (bucket, options) -> {
            BucketSnapshot copy = upload(saved, bucket, progress);
            LOG.atInfo()
                    .addKeyValue("snapshot", copy.location())
                    .addKeyValue("bytes", copy.sizeBytes())
                    .log("snapshot uploaded and verified");
            uploaded.accept(copy);
            return bucket.prune(wish.prefix(), node, options.retention().orElse(kept));
        });
    }

    private BucketSnapshot upload(SavedSnapshot saved, S3Bucket bucket, SaveProgress progress) {
        uploading.lock();
        try {
            return bucket.upload(saved, done -> progress.reached(SaveProgress.Step.UPLOADING, done));
        } finally {
            uploading.unlock();
        }
    }

    Result list(BucketWish wish) {
        return work(wish, (bucket, options) -> bucket.list());
    }

    Result delete(List<String> names, BucketWish wish) {
        return work(wish, (bucket, options) -> {
            List<BucketSnapshot> deleted = new ArrayList<>();
            for (BucketSnapshot each : bucket.list()) {
                if (names.contains(each.name().text())
                        && bucket.delete(new SnapshotName(each.name().text()))) {
                    deleted.add(each);
                }
            }
            return deleted;
        });
    }

    Result prune(String prefix, int keep, BucketWish wish) {
        return work(
                wish,
                (bucket, options) ->
                        bucket.prune(prefix, node, options.retention().orElse(keep)));
    }

    private Result work(BucketWish wish, BiFunction<S3Bucket, S3Options, List<BucketSnapshot>> work) {
        if (!wish.isWanted().orElse(settings.isForS3())) {
            return Result.NONE;
        }
        try {
            S3Options options = options(wish);
            try (var bucket = new S3Bucket(options.settings())) {
                return new Result(work.apply(bucket, options), Optional.of(bucket.location()), Optional.empty());
            }
        } catch (BucketFailure | SnapshotRefused | IllegalArgumentException e) {
            LOG.atError().addKeyValue("reason", e.getMessage()).log("the bucket of snapshots failed");
            return new Result(List.of(), Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** The Secret is read each time: who changes it need not start the server again. */
    private S3Options options(BucketWish wish) {
        S3Options given = settings.s3().under(wish.options());
        return given.secret().map(name -> secret.read(name).under(given)).orElse(given);
    }
}
