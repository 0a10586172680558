package io.kvorum.node.snapshots;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.FrozenState;
import io.kvorum.node.config.SnapshotSettings;
import io.kvorum.snapshot.StoreContent;
import io.kvorum.snapshot.catalogue.SaveBusy;
import io.kvorum.snapshot.catalogue.SaveOrder;
import io.kvorum.snapshot.catalogue.SaveProgress;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotCatalogue;
import io.kvorum.snapshot.catalogue.SnapshotName;
import io.kvorum.snapshot.schedule.CronTimes;
import io.kvorum.snapshot.schedule.SnapshotSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves, lists and deletes the snapshots of this server. Any thread; calls block. */
public final class SnapshotService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotService.class);

    /** What the prefix of snapshots is that somebody asked for. */
    public static final String ON_DEMAND = "on-demand";

    /** On-demand snapshots are bounded too: somebody may ask for one every five minutes. */
    private static final int LEAST_KEPT_ON_DEMAND = 10;

    /** Room that a snapshot must leave on its disk, which is often the store's. */
    private static final long SPARE_BYTES = 64L << 20;

    private final EmbeddedStore store;
    private final SnapshotSettings settings;
    private final Naming naming;
    private final InstantSource clock;
    private final SnapshotObserver observer;
    private final SnapshotCatalogue catalogue;
    private final BucketSide bucket;
    private final NamespaceRestore namespaces;
    private final @Nullable SnapshotSchedule schedule;

    /**
     * Whose snapshots these are.
     *
     * @param tokenHash by which the cluster's token can be told
     */
    public record Naming(String node, String tokenHash) {}

    /**
     * The cluster's objects, and who hears of snapshots.
     *
     * @param password of the server token, which opens the keys of Secrets in a snapshot
     */
    public record Cluster(SnapshotCluster objects, SnapshotObserver observer, Supplier<String> password) {}

    /** Starts the schedule, if there is to be one. */
    public SnapshotService(
            EmbeddedStore store, SnapshotSettings settings, Naming naming, InstantSource clock, Cluster cluster) {
        this.store = store;
        this.settings = settings;
        this.naming = naming;
        this.clock = clock;
        this.observer = cluster.observer();
        this.catalogue = new SnapshotCatalogue(settings.folder());
        this.bucket = new BucketSide(settings, naming.node(), new BucketSecret(cluster.objects()));
        this.namespaces = new NamespaceRestore(cluster.objects(), cluster.password(), BuiltInCatalogue.load());
        this.schedule = settings.isScheduled()
                ? new SnapshotSchedule(
                        CronTimes.parse(settings.cron(), ZoneId.systemDefault()),
                        clock,
                        this::latestScheduled,
                        this::saveScheduled)
                : null;
    }

    private Optional<Instant> latestScheduled() {
        return catalogue.list().stream()
                .filter(each -> each.name().text().startsWith(settings.prefix() + "-"))
                .reduce((earlier, later) -> later)
                .map(SavedSnapshot::createdAt);
    }

    private void saveScheduled() {
        var wish = new SnapshotWish(
                settings.prefix(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(settings.retention()),
                BucketWish.AS_SET);
        save(wish, (step, done) -> {});
    }

    /**
     * What a save did.
     *
     * @param deleted older ones of the prefix, beyond what is kept
     * @param bucketFailure why the bucket has no copy, if it should have one
     */
    public record Saved(SavedSnapshot snapshot, List<SavedSnapshot> deleted, Optional<String> bucketFailure) {
        public Saved {
            deleted = List.copyOf(deleted);
        }
    }

    /** Saves a snapshot and then deletes those beyond the retention of its prefix. */
    public Saved save(SnapshotWish wish, SaveProgress progress) {
        return BackgroundThread.call("snapshot-save", () -> saveNow(wish, progress));
    }

    private Saved saveNow(SnapshotWish wish, SaveProgress progress) {
        long from = System.nanoTime();
        Instant now = clock.instant();
        try {
            SnapshotCatalogue target = catalogueOf(wish.folder());
            boolean isCompressed = wish.isCompressed().orElse(settings.isCompressed());
            SavedSnapshot saved;
            try (FrozenState state = store.freeze()) {
                refuseWithoutRoom(target.folder(), state.sizeInUseBytes(), isCompressed);
                var order = new SaveOrder(wish.prefix(), naming.node(), isCompressed, naming.tokenHash());
                saved = target.save(order, new StoreContent(state), now, progress);
            }
            tell(saved, since(from));
            List<SavedSnapshot> deleted = prune(target, wish.prefix(), kept(wish));
            return new Saved(saved, deleted, upload(saved, wish, progress));
        } catch (RuntimeException e) {
            if (!(e instanceof SaveBusy)) {
                String name = "%s-%s-%d".formatted(wish.prefix(), naming.node(), now.getEpochSecond());
                observer.failed(new FailedSnapshot(name, now, String.valueOf(e.getMessage())), since(from));
            }
            throw e;
        }
    }

    /** @return why the bucket has no copy, if it should have one */
    private Optional<String> upload(SavedSnapshot saved, SnapshotWish wish, SaveProgress progress) {
        long from = System.nanoTime();
        BucketSide.Result result =
                bucket.copy(saved, wish, kept(wish), progress, copy -> observer.uploaded(copy, since(from)));
        result.snapshots().forEach(observer::deleted);
        result.failure()
                .ifPresent(reason -> observer.uploadFailed(
                        new FailedSnapshot(saved.name().text(), saved.createdAt(), reason), since(from)));
        return result.failure();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void tell(SavedSnapshot saved, Duration took) {
        LOG.atInfo()
                .addKeyValue("snapshot", saved.name())
                .addKeyValue("bytes", saved.sizeBytes())
                .addKeyValue("millis", took.toMillis())
                .log("snapshot saved and verified");
        observer.saved(saved, took);
    }

    private int kept(SnapshotWish wish) {
        return wish.retention().orElse(Math.max(LEAST_KEPT_ON_DEMAND, settings.retention()));
    }

    private SnapshotCatalogue catalogueOf(Optional<Path> wished) {
        Path folder = wished.orElse(settings.folder());
        boolean isOwn = settings.isOwnFolder() && folder.equals(settings.folder());
        if (!isOwn && !Files.isDirectory(folder)) {
            throw new SnapshotRefused(
                    "the snapshot folder %s does not exist; make it, or use the default one".formatted(folder));
        }
        return folder.equals(settings.folder()) ? catalogue : new SnapshotCatalogue(folder);
    }

    /** A snapshot that fills the store's disk would stop the store. */
    private static void refuseWithoutRoom(Path folder, long stateBytes, boolean isCompressed) {
        Path present = folder.toAbsolutePath();
        while (present.getParent() != null && !Files.exists(present)) {
            present = present.getParent();
        }
        try {
            long needed = stateBytes * (isCompressed ? 3 : 1) + SPARE_BYTES;
            long there = Files.getFileStore(present).getUsableSpace();
            if (there < needed) {
                throw new SnapshotRefused(
                        "a snapshot may need %d MiB and must leave room for the store, but the disk of %s has %d MiB left; delete something or pick another --etcd-snapshot-dir"
                                .formatted(needed >> 20, folder, there >> 20));
            }
        } catch (IOException e) {
            throw new SnapshotRefused("the disk of %s cannot be looked at: %s".formatted(folder, e), e);
        }
    }

    /** By their time, the oldest first. */
    public List<SavedSnapshot> list(Optional<Path> folder) {
        return catalogueOf(folder).list();
    }

    /** @return what was deleted; names that nothing is called by are left out */
    public List<SavedSnapshot> delete(List<String> names, Optional<Path> folder) {
        SnapshotCatalogue target = catalogueOf(folder);
        List<SavedSnapshot> deleted = new ArrayList<>();
        for (String name : names) {
            Optional<SavedSnapshot> found = target.named(new SnapshotName(name));
            found.filter(each -> target.delete(each.name())).ifPresent(deleted::add);
        }
        deleted.forEach(observer::deleted);
        return deleted;
    }

    /** @return what was deleted */
    public List<SavedSnapshot> prune(String prefix, int keep, Optional<Path> folder) {
        return prune(catalogueOf(folder), prefix, keep);
    }

    private List<SavedSnapshot> prune(SnapshotCatalogue target, String prefix, int keep) {
        List<SavedSnapshot> deleted = target.prune(prefix, keep);
        deleted.forEach(observer::deleted);
        return deleted;
    }

    /** Brings one namespace of a snapshot into the running cluster. */
    NamespaceRestore.Outcome restoreNamespace(Path file, String namespace, boolean isDryRun) {
        NamespaceRestore.Outcome outcome = namespaces.run(file, namespace, isDryRun);
        LOG.atInfo()
                .addKeyValue("namespace", namespace)
                .addKeyValue("snapshot", file.getFileName())
                .addKeyValue("created", outcome.created().size())
                .addKeyValue("failed", outcome.failed().size())
                .addKeyValue("dryRun", isDryRun)
                .log("namespace restored from a snapshot");
        return outcome;
    }

    BucketSide.Result listBucket(BucketWish wish) {
        return bucket.list(wish);
    }

    BucketSide.Result deleteInBucket(List<String> names, BucketWish wish) {
        BucketSide.Result result = bucket.delete(names, wish);
        result.snapshots().forEach(observer::deleted);
        return result;
    }

    BucketSide.Result pruneBucket(String prefix, int keep, BucketWish wish) {
        BucketSide.Result result = bucket.prune(prefix, keep, wish);
        result.snapshots().forEach(observer::deleted);
        return result;
    }

    public SnapshotSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        if (schedule != null) {
            schedule.close();
        }
    }
}
