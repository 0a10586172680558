package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.supervisor.BootstrapFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class AuthorityRotationTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path folder;

    private final InstantSource clock = InstantSource.fixed(NOW);
    private EmbeddedStore store;
    private Path first;
    private Path second;
    private AuthorityRotation atFirst;
    private AuthorityRotation atSecond;

    @BeforeEach
    void twoServersOfOneStore() throws IOException {
        store = EmbeddedStore.open(EngineConfig.in(folder.resolve("store")), new SingleMemberLog(), clock);
        first = folder.resolve("first");
        second = folder.resolve("second");
        ServerCertificates.open(first.resolve("tls"), clock);
        new BootstrapFiles(second).write(new BootstrapFiles(first).read());
        atFirst = new AuthorityRotation(first, store, () -> "secret", clock);
        atSecond = new AuthorityRotation(second, store, () -> "secret", clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static ObjectNode document(String name, String certificates, String key) {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.putObject(name).put("Content", encoded(certificates));
        document.putObject(name + "Key").put("Content", encoded(key));
        return document;
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode successorOfServerCa() {
        var successor = CertificateAuthority.openOrCreate(first.resolve("tls"), "server-ca", "k3s-server-ca", clock)
                .successor("k3s-server-ca");
        return document("ServerCA", successor.certificatesPem(), successor.keyPem());
    }

    private int put(ObjectNode document, String query) throws IOException {
        byte[] body = document.toString().getBytes(StandardCharsets.UTF_8);
        Headers headers = new Headers().set("Content-Length", Integer.toString(body.length));
        try (LocalCall.Response response = LocalCall.to(atFirst, List.of())
                .send("PUT", AuthorityRotation.PATH + query, headers, new ByteArrayInputStream(body))) {
            return response.status();
        }
    }

    private static String serverCa(Path server) throws IOException {
        return Files.readString(server.resolve("tls/server-ca.crt"));
    }

    @Test
    void everyServerTakesOtherAuthoritiesOverWhenItStartsAgain() throws IOException {
        String before = serverCa(second);
        String clientCa = Files.readString(second.resolve("tls/client-ca.crt"));

        assertThat(put(successorOfServerCa(), "")).isEqualTo(200);
        atSecond.look();
        assertThat(serverCa(second)).isEqualTo(before);
        StagedAuthorities.takeOver(first, first.resolve("agent"), NOW);
        StagedAuthorities.takeOver(second, second.resolve("agent"), NOW);

        assertThat(serverCa(second)).isEqualTo(serverCa(first)).isNotEqualTo(before);
        assertThat(second.resolve("tls/client-ca.crt")).hasContent(clientCa);
        assertThat(second.resolve("tls-" + NOW.getEpochSecond() + "/server-ca.crt"))
                .hasContent(before);
        assertThat(ServerCertificates.open(second.resolve("tls"), clock)
                        .serverCa()
                        .chain())
                .hasSize(3);
    }

    @Test
    void theKeyOfServiceAccountsIsExchangedAloneWhenTheOldOneGoesWithIt() throws Exception {
        Path file = first.resolve("tls/service.key");
        String old = Files.readString(file);
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair fresh = generator.generateKeyPair();
        ObjectNode alone = JsonMapper.shared().createObjectNode();
        alone.putObject("ServiceKey").put("Content", encoded(Pem.encode(fresh.getPrivate())));
        ObjectNode both = JsonMapper.shared().createObjectNode();
        both.putObject("ServiceKey").put("Content", encoded(Pem.encode(fresh.getPrivate()) + old));

        assertThat(put(alone, "")).isEqualTo(400);
        assertThat(put(both, "")).isEqualTo(200);
        atSecond.look();
        StagedAuthorities.takeOver(first, first.resolve("agent"), NOW);
        StagedAuthorities.takeOver(second, second.resolve("agent"), NOW);

        for (Path server : List.of(first, second)) {
            ServerCertificates certificates = ServerCertificates.open(server.resolve("tls"), clock);
            assertThat(certificates.serviceAccountKeys().getPublic()).isEqualTo(fresh.getPublic());
            assertThat(certificates.earlierServiceAccountKeys()).hasSize(1);
        }
    }

    @Test
    void otherAuthoritiesDoNotBringOldKeysOfSecretsBack() throws IOException {
        Path keys = second.resolve("cred/encryption-config.json");
        Files.createDirectories(first.resolve("cred"));
        Files.createDirectories(second.resolve("cred"));
        Files.writeString(first.resolve("cred/encryption-config.json"), "old");
        put(successorOfServerCa(), "");
        atSecond.look();
        Files.writeString(keys, "new");

        StagedAuthorities.takeOver(second, second.resolve("agent"), NOW);

        assertThat(keys).hasContent("new");
        assertThat(serverCa(second)).isNotEqualTo(serverCa(first));
    }

    @Test
    void whatAServerHasTakenOverItDoesNotTakeOverAgain() throws IOException {
        put(successorOfServerCa(), "");
        StagedAuthorities.takeOver(first, first.resolve("agent"), NOW);
        String taken = serverCa(first);

        new AuthorityRotation(first, store, () -> "secret", clock).look();
        StagedAuthorities.takeOver(first, first.resolve("agent"), NOW);

        assertThat(serverCa(first)).isEqualTo(taken);
        assertThat(first.resolve("authorities-next.json")).doesNotExist();
    }

    @Test
    void aServerThatJoinsLaterHasThemAlready() throws IOException {
        put(successorOfServerCa(), "");
        StagedAuthorities.takeOver(first, first.resolve("agent"), NOW);
        Path third = folder.resolve("third");
        new BootstrapFiles(third).write(new BootstrapFiles(first).read());

        new AuthorityRotation(third, store, () -> "secret", clock).look();

        assertThat(third.resolve("authorities-next.json")).doesNotExist();
        assertThat(serverCa(third)).isEqualTo(serverCa(first));
    }

    @Test
    void aStartThatWasCutOffIsFinishedByTheNext() throws IOException {
        put(successorOfServerCa(), "");
        Files.move(first.resolve("tls"), first.resolve("tls-cut-off"));

        StagedAuthorities.takeOver(first, first.resolve("agent"), NOW);

        assertThat(serverCa(first)).isNotEqualTo(Files.readString(first.resolve("tls-cut-off/server-ca.crt")));
    }

    @Test
    void anAuthorityThatNobodyVouchesForIsTakenByForceAlone() throws IOException {
        Path strange = folder.resolve("strange");
        CertificateAuthority.openOrCreate(strange, "server-ca", "k3s-server-ca", clock);
        ObjectNode document = document(
                "ServerCA",
                Files.readString(strange.resolve("server-ca.crt")),
                Files.readString(strange.resolve("server-ca.key")));

        assertThat(put(document, "")).isEqualTo(400);
        assertThat(first.resolve("authorities-next.json")).doesNotExist();
        assertThat(put(document, "?force=true")).isEqualTo(200);
        assertThat(first.resolve("authorities-next.json")).exists();
    }

    @Test
    void halfAnAuthorityAndNoneAreRefused() throws IOException {
        ObjectNode half = successorOfServerCa();
        half.remove("ServerCAKey");

        assertThat(put(half, "")).isEqualTo(400);
        assertThat(put(JsonMapper.shared().createObjectNode(), "?force=true")).isEqualTo(400);
    }
}
