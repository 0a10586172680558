package io.kvorum.node.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.node.StartFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SecretsAtRestTest {
    private static final Key SECRET = Key.of("/registry/secrets/default/bank");
    private static final Bytes VALUE = Bytes.utf8("{\"kind\":\"Secret\",\"data\":{\"pin\":\"MTIzNA==\"}}");
    private static final String OF_K3S = """
            {"kind":"EncryptionConfiguration","apiVersion":"apiserver.config.k8s.io/v1","resources":[{"resources":
            ["secrets"],"providers":[{"aescbc":{"keys":[
            {"name":"aescbckey-2026-02-02T02:02:02Z","secret":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
            {"name":"aescbckey","secret":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="}]}},{"identity":{}}]}]}
            """;

    @TempDir
    private Path folder;

    private EncryptionState open(String provider, boolean isNew) {
        return new EncryptionFiles(folder).open(provider, isNew, new Random(1));
    }

    private static SealingKeys keys(EncryptionConfiguration configuration) {
        return SealingKeys.of(
                EncryptionState.of(configuration.json(), RotationStage.START, RotationStage.START, Revision.ZERO));
    }

    @Test
    void aSecretStandsInTheStoreAsKubernetesProvidersWriteIt() {
        for (EncryptionConfiguration.Provider provider : EncryptionConfiguration.Provider.values()) {
            SealingKeys keys = keys(EncryptionConfiguration.first(provider, new Random(2)));

            Bytes stored = keys.seal(VALUE, new Random(3));

            assertThat(stored.startsWith(Bytes.utf8("k8s:enc:%1$s:v1:%1$skey:".formatted(provider.word()))))
                    .isTrue();
            assertThat(keys.open(stored)).contains(VALUE);
            assertThat(keys.seal(VALUE, new Random(4)))
                    .as("never the same twice")
                    .isNotEqualTo(stored);
        }
    }

    @Test
    void nothingButSecretsIsEncryptedAndWhatIsPlainIsRead() {
        try (var cluster = new EncryptedCluster(folder, "aescbc")) {
            SecretsAtRest secrets = cluster.start("h1").secrets();

            assertThat(secrets.seal(SECRET, VALUE).value()).isNotEqualTo(VALUE);
            assertThat(secrets.seal(Key.of("/registry/configmaps/default/shop"), VALUE)
                            .value())
                    .isEqualTo(VALUE);
            assertThat(secrets.open(VALUE)).isEqualTo(VALUE);
        }
    }

    @Test
    void theKeyIsMadeOnceAndFoundAgain() throws IOException {
        Path file = folder.resolve("cred/encryption-config.json");
        Bytes stored = SealingKeys.of(open("secretbox", true)).seal(VALUE, new Random(3));
        String made = Files.readString(file);

        assertThat(SealingKeys.of(open("secretbox", false)).open(stored)).contains(VALUE);
        assertThat(Files.readString(file)).isEqualTo(made);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void keysOfAClusterThatCameFromK3sAreUsedByTheirNames() throws IOException {
        Files.createDirectories(folder.resolve("cred"));
        Files.writeString(folder.resolve("cred/encryption-config.json"), OF_K3S);
        Files.writeString(folder.resolve("cred/encryption-state.json"), "rotate-0123");
        var old = EncryptionConfiguration.parse("""
                {"resources":[{"providers":[{"aescbc":{"keys":[
                {"name":"aescbckey","secret":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="}]}}]}]}
                """);
        SealingKeys keys = SealingKeys.of(open(null, false));

        assertThat(keys.open(keys(old).seal(VALUE, new Random(4)))).contains(VALUE);
        assertThat(keys.seal(VALUE, new Random(4))
                        .startsWith(Bytes.utf8("k8s:enc:aescbc:v1:aescbckey-2026-02-02T02:02:02Z:")))
                .isTrue();
        assertThat(keys.state().stage()).as("K3s was in the middle of it").isEqualTo(RotationStage.ROTATE);
    }

    @Test
    void theConfigurationIsWrittenAsK3sDoes() {
        String compact = JsonMapper.shared().readTree(OF_K3S).toString();
        var configuration = EncryptionConfiguration.parse(OF_K3S);

        assertThat(configuration.json()).isEqualTo(compact);
        EncryptionConfiguration plain = configuration.writingPlain(true);
        assertThat(plain.json()).contains("\"providers\":[{\"identity\":{}},{\"aescbc\":");
        assertThat(EncryptionConfiguration.parse(plain.json())
                        .writingPlain(false)
                        .json())
                .isEqualTo(compact);
        EncryptionConfiguration mixed =
                configuration.prepared(EncryptionConfiguration.Provider.SECRETBOX, EncryptedCluster.NOW, new Random(1));
        assertThat(EncryptionConfiguration.parse(mixed.rotated().json()).toString())
                .isEqualTo(mixed.rotated().toString())
                .contains("writes=XSalsa20-POLY1305 secretboxkey-2026-03-01T12:00:00Z");
    }

    @Test
    void noKeyIsEverPrinted() {
        EncryptionState state = open("aescbc", true);
        String secret = state.configuration().keys().getFirst().secret();

        assertThat(state.text()).contains(secret);
        assertThat(state + " " + state.configuration() + state.configuration().keys())
                .doesNotContain(secret)
                .contains("aescbckey");
    }

    @Test
    void whatNoKeyOpensIsLeftAsItIs() {
        Bytes foreign = Bytes.utf8("k8s:enc:kms:v2:vault:whatever");
        Bytes broken = Bytes.utf8("k8s:enc:aescbc:v1:aescbckey:short");
        try (var cluster = new EncryptedCluster(folder, "aescbc")) {
            SecretsAtRest secrets = cluster.start("h1").secrets();

            assertThat(secrets.open(foreign)).isEqualTo(foreign);
            assertThat(secrets.open(broken)).isEqualTo(broken);
        }
    }

    @Test
    void aClusterThatHasSecretsAlreadyDoesNotPretendToEncryptThem() {
        assertThatThrownBy(() -> open("aescbc", false))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("secrets-encrypt enable");
        assertThatThrownBy(() -> open("rot13", true)).hasMessageContaining("aescbc or secretbox, not \"rot13\"");
        assertThat(folder.resolve("cred/encryption-config.json")).doesNotExist();
    }

    @Test
    void theStatusIsToldInK3sWords() {
        try (var cluster = new EncryptedCluster(folder, "aescbc")) {
            var h1 = cluster.start("h1");
            assertThat(SecretsAdmin.text(h1.endpoint().status()))
                    .contains("Server Encryption Hashes: h2-00000000 has not told its hash");
            var h2 = cluster.start("h2");
            assertThat(SecretsAdmin.text(h2.endpoint().status()))
                    .contains(
                            "Encryption Status: Enabled",
                            "Current Rotation Stage: start",
                            "Server Encryption Hashes: All hashes match",
                            " *      AES-CBC            aescbckey");
        }
        assertThat(SecretsAdmin.text(JsonMapper.shared().createObjectNode()))
                .isEqualTo("Encryption Status: Disabled, no configuration file found\n");
    }

    @Test
    void requestsThatMakeNoSenseAreRefused() throws IOException {
        try (var cluster = new EncryptedCluster(folder, "aescbc")) {
            var h1 = cluster.start("h1");
            cluster.start("h2");
            assertThat(call(h1, "GET", "")).isEqualTo(405);
            assertThat(call(h1, "PUT", "x")).isEqualTo(400);
            assertThat(call(h1, "PUT", "{}")).isEqualTo(400);
            assertThat(call(h1, "PUT", "{\"stage\":\"sideways\"}")).isEqualTo(400);
            assertThat(call(h1, "PUT", "{\"stage\":\"rotate\"}")).isEqualTo(400);
            assertThat(call(h1, "PUT", " ".repeat(70_000))).isEqualTo(413);
            assertThat(call(h1, "PUT", "{\"stage\":\"prepare\",\"force\":false,\"skip\":false}"))
                    .isEqualTo(200);
        }
    }

    private static int call(EncryptedCluster.RunningServer server, String method, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        Headers headers = new Headers().set("Content-Length", Integer.toString(body.length));
        try (LocalCall.Response response = LocalCall.to(server.endpoint()::change, List.of())
                .send(method, SecretsEncryption.CONFIG, headers, new ByteArrayInputStream(body))) {
            return response.status();
        }
    }
}
