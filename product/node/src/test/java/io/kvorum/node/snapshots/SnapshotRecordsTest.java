package io.kvorum.node.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotName;
import io.kvorum.snapshot.s3.BucketSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SnapshotRecordsTest {
    private static final Duration TOOK = Duration.ofSeconds(1);
    private static final Instant NOW = Instant.ofEpochSecond(1_770_000_000);
    private static final String FILES = "/apis/k3s.cattle.io/v1/etcdsnapshotfiles/";

    private final MemoryCluster cluster = new MemoryCluster();
    private final List<SavedSnapshot> here = new CopyOnWriteArrayList<>();
    private final List<BucketSnapshot> there = new CopyOnWriteArrayList<>();
    private SnapshotRecords records;

    @BeforeEach
    void start() {
        records = new SnapshotRecords(cluster, new SnapshotEvents(cluster, "h1", () -> NOW, new Random(1)), "h1");
        records.start(new SnapshotRecords.Present(
                () -> List.copyOf(here),
                () -> new BucketSide.Result(List.copyOf(there), Optional.of("s3://backups/edge"), Optional.empty())));
    }

    @AfterEach
    void stop() {
        records.close();
    }

    @Test
    void everySnapshotHasAnObjectWithItsPlaceAndSize() {
        SavedSnapshot snapshot = local("on-demand-h1-1770000000");
        here.add(snapshot);
        there.add(copy("on-demand-h1-1770000000"));

        records.saved(snapshot, TOOK);

        await(() -> names().size() == 2);
        assertThat(names()).containsExactly("local on-demand-h1-1770000000", "s3 on-demand-h1-1770000000");
        ObjectNode object = files().getFirst();
        assertThat(object.path("spec").path("location").asString("")).isEqualTo("file:///snapshots/" + snapshot.name());
        assertThat(object.path("status").path("readyToUse").asBoolean()).isTrue();
        await(() -> !events("ETCDSnapshotCreated").isEmpty());
    }

    @Test
    void whatIsDeletedLosesItsObjectButThoseOfOthersStay() {
        here.add(local("etcd-snapshot-h1-1"));
        records.saved(here.getFirst(), TOOK);
        await(() -> names().size() == 1);
        put("other-node", "h2", "file:///snapshots/etcd-snapshot-h2-1", "h2");
        put("other-bucket", "s3", "s3://elsewhere/etcd-snapshot-h2-1", "s3");
        SavedSnapshot gone = here.removeFirst();

        records.deleted(gone);

        await(() -> names().size() == 2);
        assertThat(cluster.objects).containsKeys(FILES + "other-node", FILES + "other-bucket");
        await(() -> !events("ETCDSnapshotDeleted").isEmpty());
    }

    @Test
    void aFailureIsShownUntilTheNextSuccessOfItsKind() {
        records.failed(new FailedSnapshot("etcd-snapshot-h1-1", NOW, "the disk is full"), TOOK);

        await(() -> names().size() == 1);
        ObjectNode failed = files().getFirst();
        assertThat(failed.path("status").path("readyToUse").asBoolean()).isFalse();
        assertThat(failed.path("status").path("error").path("message").asString(""))
                .isEqualTo("the disk is full");
        await(() -> !events("ETCDSnapshotFailed").isEmpty());

        here.add(local("etcd-snapshot-h1-2"));
        records.saved(here.getFirst(), TOOK);

        await(() -> names().equals(List.of("local etcd-snapshot-h1-2")));
    }

    @Test
    void anApiThatIsAwayIsAskedAgain() {
        cluster.isAway = true;
        here.add(local("etcd-snapshot-h1-1"));
        records.saved(here.getFirst(), TOOK);
        cluster.isAway = false;
        records.saved(here.getFirst(), TOOK);

        await(() -> events("ETCDSnapshotCreated").size() == 2);
        assertThat(names()).containsExactly("local etcd-snapshot-h1-1");
    }

    private void put(String name, String storage, String location, String node) {
        ObjectNode file = SnapshotObjects.of(copy(name));
        file.withObject("/metadata").put("name", name);
        file.withObject("/metadata/labels").put(SnapshotObjects.STORAGE_NODE, storage);
        file.withObject("/spec").put("location", location).put("nodeName", node);
        cluster.objects.put(FILES + name, file);
    }

    private List<ObjectNode> files() {
        return cluster.objects.entrySet().stream()
                .filter(each -> each.getKey().startsWith(FILES))
                .map(Map.Entry::getValue)
                .toList();
    }

    private List<String> names() {
        return files().stream()
                .map(each -> each.path("metadata").path("name").asString("").split("-", 2)[0] + " "
                        + each.path("spec").path("snapshotName").asString(""))
                .toList();
    }

    private List<ObjectNode> events(String reason) {
        return cluster.objects.values().stream()
                .filter(each -> each.path("reason").asString("").equals(reason))
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static SavedSnapshot local(String name) {
        return new SavedSnapshot(new SnapshotName(name), Path.of("/snapshots", name), 42, NOW, Optional.empty());
    }

    private static BucketSnapshot copy(String name) {
        return new BucketSnapshot(new SnapshotName(name), "s3://backups/edge/" + name, 42, NOW);
    }
}
