package io.kvorum.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.SingleMemberLog;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Values are sealed by what the store holds when they are written, not by what was known before. */
class SealingTest {
    private static final ResourceType SECRETS = Cluster.type("v1", "secrets");
    private static final Key AGREEMENT = Key.of("/agreement");

    @TempDir
    private Path folder;

    private EmbeddedStore store;
    private Cluster cluster;

    @BeforeEach
    void open() {
        store = EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.fixed(Instant.EPOCH));
        cluster = new Cluster(store, Cluster.sealedBy(new Stamp()));
    }

    @AfterEach
    void close() {
        cluster.registry.close();
        store.close();
    }

    /** Puts the agreement as this server knows it before every value. */
    private final class Stamp implements ValueSeal {
        private volatile String known = "1";

        @Override
        public Sealed seal(Key key, Bytes value) {
            var compare = new Compare.OfValue(KeyRange.single(AGREEMENT), Compare.Relation.EQUAL, Bytes.utf8(known));
            return new Sealed(Bytes.utf8(known).concat(value), List.of(compare));
        }

        @Override
        public Bytes open(Bytes stored) {
            return stored.startsWith(Bytes.utf8("{")) ? stored : stored.slice(1, stored.length());
        }

        @Override
        public boolean isOutdated(Sealed written) {
            known = value(AGREEMENT).utf8();
            return !written.value().startsWith(Bytes.utf8(known));
        }
    }

    private Bytes value(Key key) {
        return store.range(new Operation.Range(KeyRange.single(key)), Consistency.LINEARIZABLE)
                .answer()
                .items()
                .getFirst()
                .value();
    }

    private void agreeOn(String what) {
        store.txn(new Operation.Txn(List.of(), List.of(new Operation.Put(AGREEMENT, Bytes.utf8(what))), List.of()));
    }

    private String stored() {
        return value(Key.of("/registry/secrets/default/bank")).utf8();
    }

    @Test
    void whatWasSealedByAnAgreementThatIsNotInForceAnyMoreIsSealedAnew() {
        agreeOn("2");
        cluster.create(SECRETS, secret("1"));
        assertThat(stored()).startsWith("2{");

        agreeOn("3");
        cluster.update(SECRETS, "bank", current -> secret("2"));
        assertThat(stored()).startsWith("3{");
    }

    @Test
    void aWriteThatLostARaceAsWellIsNotRepeated() {
        agreeOn("2");
        cluster.create(SECRETS, secret("1"));

        assertThatThrownBy(() -> cluster.create(SECRETS, secret("1"))).hasMessageContaining("already exists");
    }

    private static ObjectNode secret(String pin) {
        return Cluster.json("{'apiVersion':'v1','kind':'Secret','metadata':{'name':'bank'},'stringData':{'pin':'%s'}}"
                .formatted(pin));
    }
}
