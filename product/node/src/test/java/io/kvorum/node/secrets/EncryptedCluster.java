package io.kvorum.node.secrets;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.pki.BootstrapCipher;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.registry.ValueSeal.Sealed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Servers h1 and h2 of one store, each with its own disk, and what they do about Secrets. */
final class EncryptedCluster implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String PASSWORD = "secret";
    private static final Key BOOTSTRAP = Key.of(BootstrapCipher.storageKey(PASSWORD));

    private final Path folder;
    final EmbeddedStore store;
    private final List<ClusterMember> members = new ArrayList<>();

    /** One process of a server. */
    record RunningServer(
            String name,
            Path folder,
            CutStore store,
            SecretsAtRest secrets,
            ServerReports reports,
            KeyChanges changes) {
        EncryptionEndpoint endpoint() {
            return new EncryptionEndpoint(secrets, reports, changes);
        }

        String configOnDisk() throws IOException {
            return Files.readString(folder.resolve("cred/encryption-config.json"));
        }
    }

    /** @param provider null for a cluster that never had a key */
    EncryptedCluster(Path folder, String provider) {
        this.folder = folder;
        this.store = EmbeddedStore.open(
                EngineConfig.in(folder.resolve("store")), new SingleMemberLog(), InstantSource.fixed(NOW));
        EncryptionState first = new EncryptionFiles(folder.resolve("h1")).open(provider, true, new Random(1));
        new EncryptionFiles(folder.resolve("h2")).write(first);
        members.add(member(1, "h1"));
        members.add(member(2, "h2"));
        putBootstrapData(first.text());
    }

    static ClusterMember member(long id, String name) {
        return new ClusterMember(new MemberId(id), name + "-00000000", List.of(), List.of(), false);
    }

    void join(ClusterMember member) {
        members.add(member);
    }

    void remove(ClusterMember member) {
        members.remove(member);
    }

    private void putBootstrapData(String encryption) {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.putObject("ServerCA").put("Content", "Y2E=");
        if (!encryption.isEmpty()) {
            document.putObject("EncryptionConfig")
                    .put("Content", Base64.getEncoder().encodeToString(encryption.getBytes(StandardCharsets.UTF_8)));
        }
        byte[] plain = document.toString().getBytes(StandardCharsets.UTF_8);
        put(BOOTSTRAP, Bytes.utf8(BootstrapCipher.encrypt(PASSWORD, plain)));
    }

    private void put(Key key, Bytes value) {
        store.txn(new Operation.Txn(List.of(), List.of(new Operation.Put(key, value)), List.of()));
    }

    /** As a server starts on the disk that it has. */
    RunningServer start(String name) {
        return start(name, Integer.MAX_VALUE, Optional.empty());
    }

    RunningServer start(String name, int writes, Optional<EncryptionConfiguration.Provider> wanted) {
        Path disk = folder.resolve(name);
        var chance = new Random(7);
        var way = new CutStore(store);
        var files = new EncryptionFiles(disk);
        EncryptionState onDisk = files.open(null, false, chance);
        var clock = InstantSource.fixed(NOW);
        var secrets = new SecretsAtRest(way, files, onDisk, () -> PASSWORD, clock, chance);
        secrets.catchUp();
        var self = new ServerReports.Self(name.substring(1), name);
        var reports = new ServerReports(way, secrets, self, () -> List.copyOf(members));
        reports.look();
        var changes = new KeyChanges(way, secrets, reports, wanted, Duration.ofMillis(300), clock, chance);
        return new RunningServer(name, disk, way.cutAfter(writes), secrets, reports, changes);
    }

    static Key key(String secret) {
        return Key.of("/registry/secrets/default/" + secret);
    }

    static Bytes content(String secret) {
        return Bytes.utf8("{\"kind\":\"Secret\",\"metadata\":{\"name\":\"%s\"}}".formatted(secret));
    }

    /** As the registry writes it. */
    static boolean written(RunningServer by, String secret) {
        return written(by, secret, by.secrets().seal(key(secret), content(secret)));
    }

    static boolean written(RunningServer by, String secret, Sealed sealed) {
        List<Compare> compares = new ArrayList<>(sealed.compares());
        compares.add(Compare.isMissing(key(secret)));
        return by.store()
                .txn(new Operation.Txn(compares, List.of(new Operation.Put(key(secret), sealed.value())), List.of()))
                .answer()
                .succeeded();
    }

    List<KeyValue> stored() {
        return store.range(new Operation.Range(KeyRange.prefix(Key.of("/registry/secrets/"))), Consistency.SERIALIZABLE)
                .answer()
                .items();
    }

    /** Whether everything stands there as this server would write it. */
    boolean isAllUpToDate(RunningServer by) {
        return stored().stream()
                .allMatch(item -> by.secrets().state().configuration().isUpToDate(item.value()));
    }

    /** Of everything that stands there, as this server reads it. */
    List<Bytes> readBy(RunningServer by) {
        return stored().stream().map(item -> by.secrets().open(item.value())).toList();
    }

    Revision revisionOf(String secret) {
        return stored().stream()
                .filter(item -> item.key().equals(key(secret)))
                .findFirst()
                .orElseThrow()
                .modified();
    }

    /** Of the bootstrap data in the store, which a snapshot takes along. */
    String configInStore() {
        return BootstrapRecord.read(store, PASSWORD, Consistency.SERIALIZABLE)
                .flatMap(BootstrapRecord::encryption)
                .orElse("");
    }

    @Override
    public void close() {
        store.close();
    }
}
