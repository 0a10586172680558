package io.kvorum.node.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.node.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsAtRestTest {
    private static final Key SECRET = Key.of("/registry/secrets/default/bank");
    private static final Bytes VALUE = Bytes.utf8("{\"kind\":\"Secret\",\"data\":{\"pin\":\"MTIzNA==\"}}");

    @TempDir
    private Path folder;

    private SecretsAtRest open(String provider, boolean isNew) {
        return SecretsAtRest.open(folder, provider, isNew, new Random(1));
    }

    @Test
    void aSecretStandsInTheStoreAsKubernetesProvidersWriteIt() {
        for (EncryptionConfiguration.Provider provider : EncryptionConfiguration.Provider.values()) {
            SecretsAtRest secrets = new SecretsAtRest(
                    EncryptionConfiguration.parse(EncryptionConfiguration.make(provider, new Random(2))),
                    new Random(3));

            Bytes stored = secrets.seal(SECRET, VALUE);

            assertThat(stored.startsWith(Bytes.utf8("k8s:enc:%1$s:v1:%1$skey:".formatted(provider.word()))))
                    .isTrue();
            assertThat(secrets.open(stored)).isEqualTo(VALUE);
            assertThat(secrets.seal(SECRET, VALUE)).as("never the same twice").isNotEqualTo(stored);
        }
    }

    @Test
    void nothingButSecretsIsEncryptedAndWhatIsPlainIsRead() {
        SecretsAtRest secrets = open("aescbc", true);

        assertThat(secrets.seal(Key.of("/registry/configmaps/default/shop"), VALUE))
                .isEqualTo(VALUE);
        assertThat(secrets.open(VALUE)).isEqualTo(VALUE);
    }

    @Test
    void theKeyIsMadeOnceAndFoundAgain() throws IOException {
        Path file = folder.resolve("cred/encryption-config.json");
        Bytes stored = open("secretbox", true).seal(SECRET, VALUE);
        String made = Files.readString(file);

        assertThat(open("secretbox", false).open(stored)).isEqualTo(VALUE);
        assertThat(Files.readString(file)).isEqualTo(made);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(open("secretbox", false).status().toString())
                .isEqualTo("{\"enable\":true,\"hashmatch\":true,\"stage\":\"start\","
                        + "\"activekey\":\"XSalsa20-POLY1305 secretboxkey\",\"inactivekeys\":[]}");
    }

    @Test
    void keysOfAClusterThatCameFromK3sAreUsedByTheirNames() throws IOException {
        Files.createDirectories(folder.resolve("cred"));
        Files.writeString(folder.resolve("cred/encryption-config.json"), """
                {"kind":"EncryptionConfiguration","apiVersion":"apiserver.config.k8s.io/v1","resources":[{"resources":
                ["secrets"],"providers":[{"aescbc":{"keys":[
                {"name":"aescbckey-2026-02-02T02:02:02Z","secret":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
                {"name":"aescbckey","secret":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="}]}},{"identity":{}}]}]}
                """);
        var old = EncryptionConfiguration.parse("""
                {"resources":[{"providers":[{"aescbc":{"keys":[
                {"name":"aescbckey","secret":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="}]}}]}]}
                """);
        SecretsAtRest secrets = SecretsAtRest.open(folder, null, false, new Random(1));

        assertThat(secrets.open(new SecretsAtRest(old, new Random(4)).seal(SECRET, VALUE)))
                .isEqualTo(VALUE);
        assertThat(secrets.seal(SECRET, VALUE)
                        .startsWith(Bytes.utf8("k8s:enc:aescbc:v1:aescbckey-2026-02-02T02:02:02Z:")))
                .isTrue();
    }

    @Test
    void whatNoKeyOpensIsLeftAsItIs() {
        Bytes foreign = Bytes.utf8("k8s:enc:kms:v2:vault:whatever");
        Bytes broken = Bytes.utf8("k8s:enc:aescbc:v1:aescbckey:short");
        SecretsAtRest secrets = open("aescbc", true);

        assertThat(secrets.open(foreign)).isEqualTo(foreign);
        assertThat(secrets.open(broken)).isEqualTo(broken);
    }

    @Test
    void aClusterThatHasSecretsAlreadyDoesNotPretendToEncryptThem() {
        assertThatThrownBy(() -> open("aescbc", false))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("must be on when a cluster begins");
        assertThatThrownBy(() -> open("rot13", true)).hasMessageContaining("aescbc or secretbox, not \"rot13\"");
        assertThat(folder.resolve("cred/encryption-config.json")).doesNotExist();
    }

    @Test
    void theStatusIsToldInK3sWords() {
        assertThat(SecretsAdmin.text(open("aescbc", true).status()))
                .contains(
                        "Encryption Status: Enabled",
                        "Current Rotation Stage: start",
                        " *      AES-CBC            aescbckey");
        SecretsAtRest without = SecretsAtRest.open(folder.resolve("none"), null, false, new Random(1));
        assertThat(SecretsAdmin.text(without.status()))
                .isEqualTo("Encryption Status: Disabled, no configuration file found\n");
    }
}
