package io.kvorum.node.secrets;

import static io.kvorum.node.secrets.EncryptedCluster.content;
import static io.kvorum.node.secrets.EncryptedCluster.key;
import static io.kvorum.node.secrets.EncryptedCluster.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Operation;
import io.kvorum.node.secrets.EncryptedCluster.RunningServer;
import io.kvorum.registry.ValueSeal.Sealed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KeyChangesTest {
    private static final String FIRST = "AES-CBC aescbckey";
    private static final String SECOND = "AES-CBC aescbckey-2026-03-01T12:00:00Z";

    @TempDir
    private Path folder;

    private EncryptedCluster cluster;
    private RunningServer h1;
    private RunningServer h2;

    private void begin(String provider) {
        cluster = new EncryptedCluster(folder, provider);
        h1 = cluster.start("h1");
        h2 = cluster.start("h2");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj("secret-%04d"::formatted).toList();
    }

    private void createAll(int count) {
        names(count).forEach(name -> assertThat(written(h1, name)).isTrue());
    }

    private static List<Bytes> contents(int count) {
        return names(count).stream().map(EncryptedCluster::content).toList();
    }

    /** While the other server looks, as it does twice a second. */
    private static void whileItLooks(RunningServer other, Runnable act) {
        var looking = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                other.reports().look();
                Thread.onSpinWait();
            }
        });
        try {
            act.run();
        } finally {
            looking.interrupt();
        }
        other.reports().look();
    }

    private static void awaitStage(RunningServer process, RotationStage stage) {
        while (process.secrets().state().stage() != stage) {
            process.reports().look();
            Thread.onSpinWait();
        }
    }

    private static List<String> keys(RunningServer process) {
        return process.secrets().state().configuration().keys().stream()
                .map(EncryptionConfiguration.NamedKey::shown)
                .toList();
    }

    @Test
    void keysAreRotatedInOneGo() throws IOException {
        begin("aescbc");
        createAll(1100);
        Revision before = cluster.revisionOf("secret-0001");

        whileItLooks(h2, h1.changes()::rotateKeys);

        assertThat(cluster.revisionOf("secret-0001")).isGreaterThan(before);
        for (RunningServer server : List.of(h1, h2, cluster.start("h1"), cluster.start("h2"))) {
            assertThat(keys(server)).containsExactly(SECOND);
            assertThat(cluster.isAllUpToDate(server)).isTrue();
            assertThat(cluster.readBy(server)).isEqualTo(contents(1100));
            assertThat(server.configOnDisk()).isEqualTo(cluster.configInStore());
            assertThat(server.secrets().state().stage()).isEqualTo(RotationStage.REENCRYPT_FINISHED);
        }
        assertThat(Files.getPosixFilePermissions(folder.resolve("h2/cred/encryption-config.json")))
                .hasSize(2);
        assertThat(folder.resolve("h2/cred/encryption-state.json"))
                .content()
                .isEqualTo("reencrypt_finished-" + h2.secrets().state().hash());
    }

    @Test
    void keysAreRotatedInThreeStepsWithRestartsBetween() {
        begin("aescbc");
        createAll(3);

        h1.changes().prepare(false);
        h1 = cluster.start("h1");
        h2 = cluster.start("h2");
        assertThat(keys(h2)).containsExactly(FIRST, SECOND);
        assertThat(h2.endpoint().status().path("stage").asString()).isEqualTo("prepare");
        h1.changes().rotate(false);
        h1 = cluster.start("h1");
        h2 = cluster.start("h2");
        assertThat(keys(h2)).containsExactly(SECOND, FIRST);
        h1.changes().reencrypt(false, false);
        awaitStage(h1, RotationStage.REENCRYPT_FINISHED);
        h2 = cluster.start("h2");

        assertThat(keys(h2)).containsExactly(SECOND);
        assertThat(cluster.readBy(h2)).isEqualTo(contents(3));
    }

    @Test
    void stepsInAnotherOrderAreRefusedInK3sWords() {
        begin("aescbc");

        assertThatThrownBy(() -> h1.changes().rotate(false))
                .isInstanceOf(ChangeRefused.class)
                .hasMessage("incorrect stage: start found on node h1");
        assertThatThrownBy(() -> h1.changes().reencrypt(false, false)).hasMessageContaining("incorrect stage: start");
        whileItLooks(h2, () -> h1.changes().prepare(false));
        assertThatThrownBy(() -> h1.changes().prepare(false)).hasMessageContaining("incorrect stage: prepare");
        assertThatThrownBy(h1.changes()::disable).hasMessageContaining("keys are being rotated (stage prepare)");
    }

    /** After any write of the server that rotates, another process goes on from what is there. */
    @Test
    void whereverARotationIsCutOffEverySecretCanBeReadAndItCanBeFinished() throws IOException {
        boolean isCut = true;
        for (int writes = 0; isCut; writes++) {
            folder = Files.createDirectories(folder.resolve("cut"));
            begin("secretbox");
            createAll(3);
            RunningServer dying = cluster.start("h1", writes, Optional.empty());
            boolean[] cut = {false};
            whileItLooks(h2, () -> {
                try {
                    dying.changes().rotateKeys();
                } catch (StoreException.Stopped e) {
                    cut[0] = true;
                }
            });
            isCut = cut[0];
            RunningServer again = cluster.start("h1");

            assertThat(cluster.readBy(h2)).as("h2 after %d writes", writes).isEqualTo(contents(3));
            assertThat(cluster.readBy(again)).as("h1 after %d writes", writes).isEqualTo(contents(3));
            assertThat(written(again, "secret-0003")).isTrue();
            whileItLooks(again, h2.changes()::rotateKeys);
            assertThat(cluster.readBy(again)).isEqualTo(contents(4));
            assertThat(cluster.isAllUpToDate(again)).isTrue();
            assertThat(keys(again)).hasSize(1).noneMatch("XSalsa20-POLY1305 secretboxkey"::equals);
            cluster.close();
        }
        begin("aescbc");
    }

    @Test
    void aServerThatIsOffIsNamedAndNothingIsWrittenByTheNewKey() {
        begin("aescbc");
        createAll(2);
        ClusterMember third = EncryptedCluster.member(3, "h3");
        cluster.join(third);

        assertThatThrownBy(h1.changes()::rotateKeys)
                .isInstanceOf(ChangeRefused.class)
                .hasMessageContaining("h3-00000000 has not got the present keys");
        assertThat(keys(h1)).containsExactly(FIRST);
        cluster.remove(third);
        assertThatThrownBy(h1.changes()::rotateKeys).hasMessageContaining("h2 has not got the present keys");
        assertThat(keys(h1)).as("the new one reads only").containsExactly(FIRST, SECOND);
        assertThat(h1.reports().mismatch()).contains("hash does not match between h1 and h2");

        whileItLooks(h2, h1.changes()::rotateKeys);
        assertThat(keys(h2)).containsExactly(SECOND);
        assertThat(h1.reports().mismatch()).isEmpty();
    }

    @Test
    void nobodyWritesByAKeyThatTheOthersHaveLeft() {
        begin("aescbc");
        createAll(1);
        Sealed stale = h2.secrets().seal(key("late"), content("late"));

        h1.changes().prepare(true);
        h1.changes().rotate(true);
        h1.changes().reencrypt(true, false);
        awaitStage(h1, RotationStage.REENCRYPT_FINISHED);

        assertThat(written(h2, "late", stale)).isFalse();
        assertThat(h2.secrets().isOutdated(stale)).isTrue();
        assertThat(written(h2, "late")).isTrue();
        assertThat(cluster.isAllUpToDate(h1)).isTrue();
    }

    @Test
    void aServerReadsWhatANewKeyWroteBeforeItHeardOfIt() {
        begin("aescbc");
        h1.changes().prepare(true);
        h1.changes().rotate(true);
        written(h1, "new");

        assertThat(cluster.readBy(h2)).containsExactly(content("new"));
    }

    @Test
    void whatADroppedKeyWroteIsStillReadByThisProcessForWatchesThatLagBehind() {
        begin("aescbc");
        createAll(1);
        Bytes old = cluster.stored().getFirst().value();

        whileItLooks(h2, h1.changes()::rotateKeys);

        assertThat(h2.secrets().open(old)).isEqualTo(content("secret-0000"));
        assertThat(cluster.start("h2").secrets().open(old)).isEqualTo(old);
    }

    @Test
    void aWriteInBetweenIsNotOverwritten() {
        begin("aescbc");
        createAll(1);
        boolean[] isDone = {false};
        h1.store().beforeWrite(txn -> {
            boolean isOfSecret =
                    txn.compares().stream().anyMatch(compare -> compare.range().contains(key("secret-0000")));
            if (isOfSecret && !isDone[0]) {
                isDone[0] = true;
                Sealed other = h2.secrets().seal(key("secret-0000"), content("other"));
                cluster.store.txn(new Operation.Txn(
                        List.of(), List.of(new Operation.Put(key("secret-0000"), other.value())), List.of()));
            }
        });

        whileItLooks(h2, h1.changes()::rotateKeys);

        assertThat(isDone[0]).isTrue();
        assertThat(cluster.readBy(h2)).containsExactly(content("other"));
        assertThat(cluster.isAllUpToDate(h2)).isTrue();
    }

    @Test
    void aSecretThatNobodyCanDecryptKeepsTheOldKey() {
        begin("aescbc");
        createAll(1);
        written(h1, "lost", new Sealed(Bytes.utf8("k8s:enc:kms:v2:vault:whatever"), List.of()));

        whileItLooks(
                h2,
                () -> assertThatThrownBy(h1.changes()::rotateKeys)
                        .hasMessageContaining("1 Secrets cannot be decrypted")
                        .hasMessageContaining("/registry/secrets/default/lost"));

        assertThat(keys(h2)).containsExactly(SECOND, FIRST);
        assertThat(h2.endpoint().status().path("stage").asString()).isEqualTo("reencrypt_active");
    }

    @Test
    void encryptionIsSwitchedOffAndOnAgain() {
        begin("aescbc");
        createAll(3);

        whileItLooks(h2, h1.changes()::disable);

        assertThat(cluster.stored()).allMatch(item -> item.value().utf8().startsWith("{"));
        assertThat(h2.endpoint().status().toString())
                .isEqualTo("{\"stage\":\"start\",\"activekey\":\"\",\"enable\":false,\"hashmatch\":true,"
                        + "\"inactivekeys\":[\"AES-CBC aescbckey\"]}");
        assertThatThrownBy(h1.changes()::rotateKeys).hasMessageContaining("enable first");
        h1.changes().reencrypt(true, true); // as K3s wants it
        awaitStage(h1, RotationStage.START);
        whileItLooks(h1, h2.changes()::enable);
        assertThat(cluster.isAllUpToDate(h1)).isTrue();
        assertThat(cluster.stored()).allMatch(item -> item.value().utf8().startsWith("k8s:enc:aescbc:v1:aescbckey:"));
    }

    @Test
    void aClusterThatNeverHadAKeyGetsOne() {
        begin(null);
        createAll(3);
        assertThat(h1.endpoint().status().toString()).isEqualTo("{\"stage\":\"\",\"activekey\":\"\"}");
        assertThatThrownBy(h1.changes()::rotateKeys).hasMessageContaining("has no key");
        assertThatThrownBy(h1.changes()::disable).hasMessageContaining("has no key");

        whileItLooks(h2, h1.changes()::enable);

        for (RunningServer server : List.of(h2, cluster.start("h1"), cluster.start("h2"))) {
            assertThat(keys(server)).containsExactly(FIRST);
            assertThat(cluster.isAllUpToDate(server)).isTrue();
            assertThat(cluster.readBy(server)).isEqualTo(contents(3));
        }
    }

    @Test
    void aRotationMovesToTheProviderThatTheServerIsToldOf() {
        begin("aescbc");
        createAll(2);
        RunningServer other =
                cluster.start("h1", Integer.MAX_VALUE, Optional.of(EncryptionConfiguration.Provider.SECRETBOX));

        whileItLooks(h2, other.changes()::rotateKeys);

        assertThat(keys(h2)).containsExactly("XSalsa20-POLY1305 secretboxkey-2026-03-01T12:00:00Z");
        assertThat(cluster.readBy(cluster.start("h2"))).isEqualTo(contents(2));
    }

    @Test
    void keysAreNamedByTheSecondAndNeverTwice() {
        begin("aescbc");
        whileItLooks(h2, h1.changes()::rotateKeys);
        whileItLooks(h2, h1.changes()::rotateKeys);

        assertThat(keys(h2)).containsExactly("AES-CBC aescbckey-2026-03-01T12:00:01Z");
    }
}
