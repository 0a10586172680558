package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever a restore is cut off, the old store or the new one counts. */
class StoreFoldersTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_770_638_400);

    @TempDir
    private Path server;

    private StoreFolders folders;
    private Path db;

    @BeforeEach
    void oldStore() throws IOException {
        folders = new StoreFolders(server, server.resolve("agent"));
        db = server.resolve("db");
        Files.createDirectories(db.resolve("etcd"));
        Files.writeString(db.resolve("etcd/name"), "old");
    }

    @Test
    void aRestoreCutOffBeforeItWasCompleteLeavesTheOldStoreAndCanBeginAgain() throws IOException {
        Files.writeString(folders.begin().resolve("half"), "x");

        assertThat(folders.finish(NOW)).isFalse();
        assertThat(db.resolve("etcd/name")).hasContent("old");
        assertThat(folders.begin()).isEmptyDirectory();
        assertThat(folders.resetFlag()).doesNotExist();
    }

    @Test
    void aCompleteRestoreTakesItsPlaceAtTheNextStart() throws IOException {
        restored();

        assertThat(folders.finish(NOW)).isTrue();
        assertThat(db.resolve("etcd/name")).hasContent("new");
        assertThat(db.resolve("etcd-old-1770638400/name")).hasContent("old");
        assertThat(folders.resetFlag()).exists();
        assertThat(folders.finish(NOW)).isFalse();
    }

    @Test
    void aRestoreCutOffBetweenTheTwoMovesIsFinished() throws IOException {
        restored();
        Files.move(db.resolve("etcd"), db.resolve("etcd-old-1770638400"));

        assertThat(folders.finish(NOW)).isTrue();
        assertThat(db.resolve("etcd/name")).hasContent("new");
        assertThat(db.resolve("etcd-old-1770638400/name")).hasContent("old");
    }

    @Test
    void twoRestoresInOneSecondKeepBothOldStores() throws IOException {
        restored();
        folders.finish(NOW);
        restored();
        folders.finish(NOW);

        assertThat(db.resolve("etcd-old-1770638400/name")).hasContent("old");
        assertThat(db.resolve("etcd-old-1770638401/name")).hasContent("new");
    }

    @Test
    void authoritiesOfTheSnapshotTakeThePlaceOfOthersWhichAreKept() throws IOException {
        Files.createDirectories(server.resolve("tls"));
        Files.writeString(server.resolve("tls/server-ca.crt"), "old authority");
        Files.createDirectories(server.resolve("agent"));
        Files.writeString(server.resolve("agent/client-kubelet.crt"), "of the old authority");
        Path restoring = folders.begin();
        Files.writeString(
                restoring.resolve(StoreFolders.AUTHORITIES),
                "{\"ServerCA\":{\"Content\":\"bmV3\"},\"ServerCAKey\":{\"Content\":\"a2V5\"}}");
        Files.writeString(restoring.resolve(StoreFolders.TOKEN), "secret");
        folders.complete();

        folders.finish(NOW);

        assertThat(server.resolve("tls/server-ca.crt")).hasContent("new");
        assertThat(server.resolve("tls/server-ca.key")).hasContent("key");
        assertThat(server.resolve("tls-1770638400/server-ca.crt")).hasContent("old authority");
        assertThat(server.resolve("agent/client-kubelet.crt")).doesNotExist();
        assertThat(Files.readString(server.resolve("token"))).startsWith("K10").endsWith("::server:secret\n");
        assertThat(db.resolve("etcd").resolve(StoreFolders.TOKEN)).doesNotExist();
    }

    private void restoreWith(String document) throws IOException {
        Files.createDirectories(server.resolve("cred"));
        Files.writeString(server.resolve("cred/encryption-config.json"), "of later");
        Files.writeString(server.resolve("cred/encryption-state.json"), "reencrypt_finished-1");
        Files.writeString(folders.begin().resolve(StoreFolders.AUTHORITIES), document);
        folders.complete();
        folders.finish(NOW);
    }

    @Test
    void aSnapshotComesBackWithTheKeysOfSecretsOfItsTime() throws IOException {
        restoreWith("""
                {"ServerCA":{"Content":"bmV3"},"ServerCAKey":{"Content":"a2V5"},
                 "EncryptionConfig":{"Content":"dGhlbg=="},"EncryptionHash":{"Content":"c3RhcnQtMA=="}}
                """);

        assertThat(server.resolve("cred/encryption-config.json")).hasContent("then");
        assertThat(server.resolve("cred/encryption-state.json")).hasContent("start-0");
    }

    @Test
    void aSnapshotOfBeforeThereWereKeysOfSecretsBringsNone() throws IOException {
        restoreWith("{\"ServerCA\":{\"Content\":\"bmV3\"},\"ServerCAKey\":{\"Content\":\"a2V5\"}}");

        assertThat(server.resolve("cred/encryption-config.json")).doesNotExist();
        assertThat(server.resolve("cred/encryption-state.json")).doesNotExist();
    }

    @Test
    void aPowerCutAfterAnyStepLeavesOneStoreWithItsOwnAuthoritiesAndToken() throws IOException {
        boolean isCut = true;
        for (int steps = 0; isCut; steps++) {
            Path place = server.resolve("cut-" + steps);
            int[] left = {steps};
            var cut = new StoreFolders(place, place.resolve("agent"), () -> {
                if (left[0]-- == 0) {
                    throw new IllegalStateException("the power is off");
                }
            });
            oldServer(place);
            isCut = !restore(cut);

            new StoreFolders(place, place.resolve("agent")).finish(NOW.plusSeconds(60));

            assertThat(place.resolve("db/etcd/name"))
                    .as("after %d steps", steps)
                    .hasContent("new");
            assertThat(place.resolve("tls/server-ca.crt")).hasContent("new");
            assertThat(place.resolve("tls/server-ca.key")).hasContent("key");
            assertThat(Files.readString(place.resolve("token"))).endsWith("::server:secret\n");
            assertThat(place.resolve("db/etcd-old-1770638400/name").toFile().exists()
                            || place.resolve("db/etcd-old-1770638460/name")
                                    .toFile()
                                    .exists())
                    .isTrue();
            assertThat(place.resolve("db/reset-flag")).exists();
        }
    }

    private static void oldServer(Path place) throws IOException {
        for (String file : new String[] {"db/etcd/name", "tls/server-ca.crt", "token", "agent/client-kubelet.crt"}) {
            Files.createDirectories(place.resolve(file).getParent());
            Files.writeString(place.resolve(file), "old");
        }
    }

    /** @return whether it came to its end */
    private static boolean restore(StoreFolders folders) throws IOException {
        Path restoring = folders.begin();
        Files.writeString(restoring.resolve("name"), "new");
        Files.writeString(
                restoring.resolve(StoreFolders.AUTHORITIES),
                "{\"ServerCA\":{\"Content\":\"bmV3\"},\"ServerCAKey\":{\"Content\":\"a2V5\"}}");
        Files.writeString(restoring.resolve(StoreFolders.TOKEN), "secret");
        try {
            folders.complete();
            return folders.finish(NOW);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void restored() throws IOException {
        Files.writeString(folders.begin().resolve("name"), "new");
        folders.complete();
    }
}
