package io.kvorum.snapshot.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.snapshot.SnapshotContent;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCatalogueTest {
    private static final Instant NOON = Instant.parse("2026-02-09T12:00:00Z");
    private static final SaveProgress NOBODY = (step, done) -> {};

    @TempDir
    private Path base;

    private Path folder;
    private SnapshotCatalogue catalogue;

    @BeforeEach
    void openCatalogue() {
        folder = base.resolve("snapshots");
        catalogue = new SnapshotCatalogue(folder);
    }

    @Test
    void aSavedSnapshotIsNamedAsK3sNamesItAndReadableByItsOwnerAlone() throws Exception {
        SavedSnapshot saved = save("etcd-snapshot", NOON, false);

        assertThat(saved.name().text()).isEqualTo("etcd-snapshot-h1-" + NOON.getEpochSecond());
        assertThat(saved.createdAt()).isEqualTo(NOON);
        assertThat(saved.location())
                .isEqualTo("file://" + folder.resolve(saved.name().text()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(saved.file())))
                .isEqualTo("rw-------");
        assertThat(catalogue.list()).containsExactly(saved);
        assertThat(filesIn(folder)).containsExactly(saved.name().text());
    }

    @Test
    void whatIsKnownOfASnapshotLiesBesideItAndCountsLivingObjects() {
        SavedSnapshot saved = save("etcd-snapshot", NOON, false);

        assertThat(saved.particulars()).hasValueSatisfying(known -> {
            assertThat(known.objects()).isEqualTo(Map.of("nodes", 1L, "pods", 2L, "widgets.example.com", 1L));
            assertThat(known.revision()).isEqualTo(11);
            assertThat(known.tokenHash()).isEqualTo("abc");
        });
        assertThat(base.resolve(".metadata").resolve(saved.name().text())).exists();
        Inspection seen = SnapshotCatalogue.inspect(saved.file());
        assertThat(seen.nodes()).containsExactly("h1");
        assertThat(seen.objectCount()).isEqualTo(4);
        assertThat(seen.otherKeys()).isEqualTo(1);
    }

    @Test
    void twoSnapshotsInOneSecondBothStay() {
        save("on-demand", NOON, false);
        save("on-demand", NOON, false);

        assertThat(catalogue.list()).hasSize(2);
    }

    @Test
    void aCompressedSnapshotHoldsTheSame() {
        SavedSnapshot plain = save("etcd-snapshot", NOON, false);
        SavedSnapshot zip = save("etcd-snapshot", NOON, true);

        assertThat(zip.name().text()).endsWith(".zip");
        assertThat(zip.sizeBytes()).isLessThan(plain.sizeBytes());
        assertThat(SnapshotCatalogue.inspect(zip.file())).isEqualTo(SnapshotCatalogue.inspect(plain.file()));
        assertThat(filesIn(folder)).hasSize(2);
    }

    @Test
    void aContentThatFailsLeavesNothingBehind() {
        SnapshotContent broken = (bucket, visitor) -> {
            throw new IllegalStateException("broken");
        };
        var order = new SaveOrder("etcd-snapshot", "h1", false, "");

        assertThatThrownBy(() -> catalogue.save(order, broken, NOON, NOBODY)).hasMessage("broken");
        assertThat(filesIn(folder)).isEmpty();
        assertThat(catalogue.list()).isEmpty();
    }

    @Test
    void aSecondSaveAtTheSameTimeIsRefused() throws Exception {
        var order = new SaveOrder("etcd-snapshot", "h1", false, "");
        var refused = new AtomicReference<Throwable>();
        SaveProgress meanwhile = (step, done) -> {
            var second = Thread.ofPlatform().start(() -> {
                try {
                    catalogue.save(order, content(), NOON, NOBODY);
                } catch (SaveBusy e) {
                    refused.set(e);
                }
            });
            try {
                second.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };

        catalogue.save(order, content(), NOON, meanwhile);

        assertThat(refused.get()).isInstanceOf(SaveBusy.class);
        assertThat(catalogue.list()).hasSize(1);
    }

    @Test
    void whatAKilledProcessLeftIsNotShownAndGoesWithTheNextSave() throws Exception {
        save("etcd-snapshot", NOON, false);
        Files.writeString(folder.resolve("etcd-snapshot-h1-1.db.part"), "half");
        Files.writeString(base.resolve(".metadata/etcd-snapshot-h1-1"), "{}");

        assertThat(catalogue.list()).hasSize(1);
        save("etcd-snapshot", NOON.plusSeconds(1), false);

        assertThat(filesIn(folder)).hasSize(2);
        assertThat(filesIn(base.resolve(".metadata"))).hasSize(2);
    }

    @Test
    void pruningKeepsTheNewestOfItsPrefixAlone() {
        for (int i = 0; i < 4; i++) {
            save("etcd-snapshot", NOON.plusSeconds(i), false);
            save("on-demand", NOON.plusSeconds(i), false);
        }

        List<SavedSnapshot> deleted = catalogue.prune("etcd-snapshot", 2);

        assertThat(deleted).extracting(SavedSnapshot::createdAt).containsExactly(NOON, NOON.plusSeconds(1));
        assertThat(catalogue.list()).hasSize(6);
        assertThat(filesIn(base.resolve(".metadata"))).hasSize(6);
        assertThat(catalogue.prune("etcd-snapshot", 2)).isEmpty();
    }

    @Test
    void deletingWhatIsNotThereSaysSo() {
        SavedSnapshot saved = save("etcd-snapshot", NOON, false);

        assertThat(catalogue.delete(saved.name())).isTrue();
        assertThat(catalogue.delete(saved.name())).isFalse();
    }

    @Test
    void aDamagedSnapshotIsRefusedWithThePlaceOfTheDamage() throws Exception {
        SavedSnapshot saved = save("etcd-snapshot", NOON, false);
        byte[] bytes = Files.readAllBytes(saved.file());
        bytes[5000] ^= 1;
        Files.write(saved.file(), bytes);

        assertThatThrownBy(() -> SnapshotCatalogue.inspect(saved.file()))
                .isInstanceOf(SnapshotDamaged.class)
                .hasMessageContaining("bytes 0 to " + bytes.length);
    }

    @Test
    void aFileWithoutParticularsIsListedToo() throws Exception {
        SavedSnapshot saved = save("etcd-snapshot", NOON, false);
        Files.copy(saved.file(), folder.resolve("from-elsewhere-1770638400"));
        Files.writeString(base.resolve(".metadata/from-elsewhere-1770638400"), "no JSON");

        assertThat(catalogue.list())
                .hasSize(2)
                .allMatch(each -> each.createdAt().equals(NOON));
    }

    @Test
    void aNamePartOrADateMeansTheNewestThatFits() {
        SavedSnapshot early = save("etcd-snapshot", NOON.minusSeconds(3600), false);
        SavedSnapshot late = save("etcd-snapshot", NOON, false);
        save("etcd-snapshot", NOON.plusSeconds(86_400), false);
        List<SavedSnapshot> all = catalogue.list();

        assertThat(Resolution.of(early.name().text(), all, ZoneOffset.UTC))
                .isEqualTo(new Resolution.Found<>(early, true));
        assertThat(Resolution.of("etcd-snapshot-2026-02-09", all, ZoneOffset.UTC))
                .isEqualTo(new Resolution.Found<>(late, false));
        assertThat(Resolution.of("2026-02-09", all, ZoneOffset.UTC)).isEqualTo(new Resolution.Found<>(late, false));
        assertThat(Resolution.of("etcd-snapshot-h1", all, ZoneOffset.UTC))
                .isEqualTo(new Resolution.Found<>(all.getLast(), false));
        assertThat(Resolution.of("etcd-snapshot-2026-02-11", all, ZoneOffset.UTC))
                .isEqualTo(new Resolution.Missing<>(all.reversed()));
    }

    @Test
    void aNameCannotLeadOutOfTheFolder() {
        assertThatThrownBy(() -> new SnapshotName("../token")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SnapshotName(".metadata")).isInstanceOf(IllegalArgumentException.class);
    }

    private SavedSnapshot save(String prefix, Instant at, boolean isCompressed) {
        return catalogue.save(new SaveOrder(prefix, "h1", isCompressed, "abc"), content(), at, NOBODY);
    }

    private static SnapshotContent content() {
        return new Objects()
                .put("/registry/minions/h1")
                .put("/bootstrap/0123456789ab")
                .put("/registry/masterleases/10.0.0.1")
                .delete("/registry/masterleases/10.0.0.1")
                .put("/registry/pods/default/a")
                .put("/registry/pods/default/b")
                .put("/registry/pods/default/c")
                .delete("/registry/pods/default/b")
                .put("/registry/pods/default/a")
                .put("/registry/example.com/widgets/default/w");
    }

    private static List<String> filesIn(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(each -> each.getFileName().toString()).sorted().toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
