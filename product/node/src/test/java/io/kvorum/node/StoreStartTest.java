package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.Store;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Operation;
import io.kvorum.mvcc.Operation.Put;
import io.kvorum.mvcc.Operation.Txn;
import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.Machine;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfigReader;
import io.kvorum.node.config.Settings;
import io.kvorum.pki.ServerCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreStartTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasWrittenIsThereAfterTheNextStartAndRevisionsGoOn() throws InterruptedException {
        Revision written;
        try (Store store = open()) {
            written = put(store, "a", "1");
        }
        try (Store store = open()) {
            var found = store.range(new Operation.Range(KeyRange.single(Key.of("a"))), Consistency.LINEARIZABLE);

            assertThat(found.answer().items()).singleElement().satisfies(item -> {
                assertThat(item.value()).isEqualTo(Bytes.utf8("1"));
                assertThat(item.modified()).isEqualTo(written);
            });
            assertThat(put(store, "b", "2")).isGreaterThan(written);
        }
    }

    @Test
    void aServerThatWasResetTellsTheClusterThatItsLogBelongsTo() throws InterruptedException {
        try (Store store = open()) {
            put(store, "a", "1");
        }
        Path etcd = folder.resolve("server/db/etcd");
        long before = StoreMember.ensure(etcd, "box", null).clusterId();

        StoreReset.run(config(), InstantSource.system());

        StoreMember member = StoreMember.ensure(etcd, "box", null);
        assertThat(member.clusterId()).isNotEqualTo(before);
        var certificates = ServerCertificates.open(folder.resolve("server/tls"), InstantSource.system());
        StoreStart.Opened opened = StoreStart.open(
                config(),
                certificates,
                ServingNames.of(config(), member),
                member,
                StoreOrigin.DISK,
                InstantSource.system());
        try (EmbeddedStore _ = opened.store()) {
            assertThat(opened.log().clusterId()).isEqualTo(member.clusterId());
        }
    }

    private static Revision put(Store store, String key, String value) {
        var put = new Put(Key.of(key), Bytes.utf8(value));
        return store.txn(new Txn(List.of(), List.of(put), List.of())).revision();
    }

    private ServerConfig config() {
        return ServerConfigReader.read(
                Settings.merge(
                        OptionTable.server(),
                        List.of("--data-dir", folder.toString(), "--node-ip", "127.0.0.1"),
                        Map.of(),
                        new ConfigurationFiles(folder.resolve("none"))),
                new Machine("box", () -> "127.0.0.1", () -> "0123abcd"));
    }

    private Store open() throws InterruptedException {
        ServerConfig config = config();
        InstantSource clock = InstantSource.system();
        ServerCertificates certificates = ServerCertificates.open(folder.resolve("tls"), clock);
        StoreMember member = StoreMember.ensure(folder.resolve("server/db/etcd"), "box", null);
        var names = new ServerCertificates.Names(
                "box", List.of("127.0.0.1"), List.of("127.0.0.1"), io.kvorum.jraft.PeerIdentity.uriOf(member.id()));
        EmbeddedStore store = StoreStart.open(config, certificates, names, member, StoreOrigin.of(config), clock)
                .store();
        assertThat(StoreStart.awaitLeader(store, Duration.ofSeconds(30))).isTrue();
        return store;
    }
}
