package io.kvorum.node.snapshots;

import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.s3.BucketSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the cluster's {@code ETCDSnapshotFile} objects and its Events as the snapshots are. Observed from any thread; one
 * thread of its own does the work, so that an API that is away never holds a save up.
 */
public final class SnapshotRecords implements SnapshotObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRecords.class);
    private static final String FILES = "/apis/k3s.cattle.io/v1/etcdsnapshotfiles";
    /** Somebody may delete a file by hand. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MOST_FAILURES = 16;

    private final SnapshotCluster cluster;
    private final SnapshotEvents events;
    private final String node;
    /** What happened; when it is full the oldest is dropped, for the objects are made from what is there. */
    private final BlockingQueue<Happening> happenings = new ArrayBlockingQueue<>(64);
    /** By storage and prefix; used by the own thread alone. */
    private final Map<String, ObjectNode> failures = new LinkedHashMap<>();

    private final List<Happening> untold = new ArrayList<>();
    private volatile Optional<Thread> thread = Optional.empty();

    /** @param events tells people what happened */
    public SnapshotRecords(SnapshotCluster cluster, SnapshotEvents events, String node) {
        this.cluster = cluster;
        this.events = events;
        this.node = node;
    }

    /** What happened to a snapshot. */
    sealed interface Happening {
        record Saved(ObjectNode file) implements Happening {}

        record Failed(ObjectNode file) implements Happening {}

        record Deleted(ObjectNode file) implements Happening {}

        /** Nothing, but somebody wants a look. */
        record Look() implements Happening {}

        /** That was all. */
        record End() implements Happening {}
    }

    /** From now on the objects follow what the service has. */
    public void start(SnapshotService service) {
        start(new Present(() -> service.list(Optional.empty()), () -> service.listBucket(BucketWish.AS_SET)));
    }

    void start(Present present) {
        thread = Optional.of(Thread.ofVirtual().name("snapshot-records").start(() -> run(present)));
        tell(new Happening.Look());
    }

    /** The snapshots that there are, on the disk and in the bucket. */
    record Present(Supplier<List<SavedSnapshot>> here, Supplier<BucketSide.Result> there) {}

    private void tell(Happening happening) {
        while (!happenings.offer(happening)) {
            happenings.poll();
        }
    }

    @Override
    public void saved(SavedSnapshot snapshot, Duration took) {
        tell(new Happening.Saved(SnapshotObjects.of(snapshot, node)));
    }

    @Override
    public void failed(FailedSnapshot failed, Duration took) {
        tell(new Happening.Failed(SnapshotObjects.of(failed, node, SnapshotObjects.LOCAL)));
    }

    @Override
    public void uploaded(BucketSnapshot copy, Duration took) {
        tell(new Happening.Saved(SnapshotObjects.of(copy)));
    }

    @Override
    public void uploadFailed(FailedSnapshot failed, Duration took) {
        tell(new Happening.Failed(SnapshotObjects.of(failed, node, SnapshotObjects.BUCKET)));
    }

    @Override
    public void deleted(SavedSnapshot snapshot) {
        tell(new Happening.Deleted(SnapshotObjects.of(snapshot, node)));
    }

    @Override
    public void deleted(BucketSnapshot copy) {
        tell(new Happening.Deleted(SnapshotObjects.of(copy)));
    }

    private void run(Present present) {
        try {
            Duration pause = LOOK_AGAIN;
            while (note(happenings.poll(pause.toMillis(), TimeUnit.MILLISECONDS))) {
                pause = follow(present) ? LOOK_AGAIN : RETRY;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false at the end */
    private boolean note(@Nullable Happening first) {
        List<Happening> all = new ArrayList<>();
        if (first != null) {
            all.add(first);
        }
        happenings.drainTo(all);
        for (Happening each : all) {
            switch (each) {
                case Happening.Saved saved -> {
                    failures.remove(kind(saved.file()));
                    untold.add(saved);
                }
                case Happening.Failed failed -> {
                    failures.remove(kind(failed.file()));
                    failures.put(kind(failed.file()), failed.file());
                    untold.add(failed);
                }
                case Happening.Deleted deleted -> untold.add(deleted);
                case Happening.Look _ -> {}
                case Happening.End _ -> {
                    return false;
                }
            }
        }
        while (failures.size() > MOST_FAILURES) {
            failures.remove(failures.keySet().iterator().next());
        }
        return true;
    }

    /** Where it is stored and what its name begins with, without the time. */
    private static String kind(ObjectNode file) {
        String storage = file.path("metadata")
                .path("labels")
                .path(SnapshotObjects.STORAGE_NODE)
                .asString("");
        String name = file.path("spec").path("snapshotName").asString("");
        return storage + " " + name.replaceFirst("-\\d+(\\.zip)?$", "");
    }

    private boolean follow(Present present) {
        try {
            BucketSide.Result there = present.there().get();
            SortedMap<String, ObjectNode> wanted = new TreeMap<>();
            present.here().get().forEach(each -> put(wanted, SnapshotObjects.of(each, node)));
            there.snapshots().forEach(each -> put(wanted, SnapshotObjects.of(each)));
            failures.values().forEach(each -> put(wanted, each));
            align(wanted, files(node));
            align(wanted, inBucket(there));
            create(wanted);
            tellPeople();
            return true;
        } catch (IOException | SnapshotInaccessible | SnapshotRefused e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log("the objects of snapshots are not up to date, trying again");
            return false;
        }
    }

    private static void put(Map<String, ObjectNode> files, ObjectNode file) {
        files.put(file.path("metadata").path("name").asString(""), file);
    }

    /** Objects of a bucket that was not looked into, or of another one, stay as they are; so do others' failures. */
    private List<ObjectNode> inBucket(BucketSide.Result there) throws IOException {
        String place = there.location().map(each -> each.replaceAll("/*$", "/")).orElse("");
        return files(SnapshotObjects.BUCKET).stream()
                .filter(file -> {
                    String location = file.path("spec").path("location").asString("");
                    return location.isEmpty()
                            ? file.path("spec").path("nodeName").asString("").equals(node)
                            : !place.isEmpty() && location.startsWith(place);
                })
                .toList();
    }

    private List<ObjectNode> files(String storage) throws IOException {
        List<ObjectNode> found = new ArrayList<>();
        cluster.find(FILES + "?labelSelector=" + SnapshotObjects.STORAGE_NODE + "%3D" + storage)
                .ifPresent(list -> list.path("items").forEach(item -> found.add((ObjectNode) item)));
        return found;
    }

    /** Deletes what is not wanted, corrects what is otherwise, and takes what is there out of the wanted. */
    private void align(Map<String, ObjectNode> wanted, List<ObjectNode> present) throws IOException {
        for (ObjectNode file : present) {
            String name = file.path("metadata").path("name").asString("");
            ObjectNode wish = wanted.remove(name);
            if (wish == null) {
                cluster.delete(FILES + "/" + name);
            } else if (!wish.path("spec").equals(file.path("spec"))
                    || !wish.path("status").equals(file.path("status"))) {
                ObjectNode next = wish.deepCopy();
                next.set("metadata", file.path("metadata"));
                cluster.replace(FILES + "/" + name, next);
            }
        }
    }

    private void create(Map<String, ObjectNode> wanted) throws IOException {
        for (ObjectNode file : wanted.values()) {
            cluster.create(FILES, file);
        }
    }

    private void tellPeople() throws IOException {
        while (!untold.isEmpty()) {
            Happening next = untold.getFirst();
            switch (next) {
                case Happening.Saved saved -> events.saved(withUid(saved.file()));
                case Happening.Failed failed -> events.failed(withUid(failed.file()));
                case Happening.Deleted deleted -> events.deleted(deleted.file());
                case Happening.Look _, Happening.End _ -> {}
            }
            untold.removeFirst();
        }
    }

    private ObjectNode withUid(ObjectNode file) throws IOException {
        return cluster.find(FILES + "/" + file.path("metadata").path("name").asString(""))
                .orElse(file);
    }

    @Override
    public void close() {
        tell(new Happening.End());
        thread.ifPresent(each -> {
            try {
                each.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
