package io.kvorum.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apiserver.cluster.KnownResources;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Registry;
import io.kvorum.registry.RegistryConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootstrapTest {
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private boolean bootstraps(QuorumSwitch store, String address, Duration deadline) throws InterruptedException {
        var registry =
                new Registry(store, CATALOGUE, InstantSource.system(), new Random(7), RegistryConfiguration.STANDARD);
        registry.start();
        try (registry;
                var bootstrap = new Bootstrap(
                        registry,
                        CATALOGUE,
                        new ClusterIdentity("10.43.0.1", 6443, () -> List.of(address), List::of))) {
            bootstrap.start();
            return bootstrap.awaitDone(deadline);
        }
    }

    /** One of three servers that comes back alone after a power cut must still answer reads. */
    @Test
    void aReplicaThatHasTheStartObjectsNeedsNoQuorum() throws Exception {
        try (var store = new QuorumSwitch(
                EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.system()))) {
            assertThat(bootstraps(store, "192.0.2.1", DEADLINE)).isTrue();
            store.quorum(false);
            assertThat(bootstraps(store, "192.0.2.2", DEADLINE)).isTrue();
        }
    }

    /** Monitoring looks for etcd there. */
    @Test
    void theEndpointsOfEtcdAreTheMembersOfTheStore() throws Exception {
        var store = EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.system());
        var registry =
                new Registry(store, CATALOGUE, InstantSource.system(), new Random(7), RegistryConfiguration.STANDARD);
        registry.start();
        var identity = new ClusterIdentity(
                "10.43.0.1", 6443, () -> List.of("192.0.2.1"), () -> List.of("192.0.2.2", "192.0.2.1", "192.0.2.2"));
        try (store;
                registry;
                var bootstrap = new Bootstrap(registry, CATALOGUE, identity)) {
            bootstrap.start();
            assertThat(bootstrap.awaitDone(DEADLINE)).isTrue();
            var type = CATALOGUE.resource(KnownResources.ENDPOINTS).orElseThrow();
            var endpoints = registry.tree(
                    type,
                    registry.get(new ObjectPath(type, "kube-system", "etcd")).object());
            assertThat(endpoints.get("subsets"))
                    .hasToString("[{\"addresses\":[{\"ip\":\"192.0.2.1\"},{\"ip\":\"192.0.2.2\"}],"
                            + "\"ports\":[{\"name\":\"client\",\"port\":2379,\"protocol\":\"TCP\"}]}]");
        }
    }

    @Test
    void anEmptyReplicaWaitsForAQuorum() throws Exception {
        try (var store = new QuorumSwitch(
                EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.system()))) {
            store.quorum(false);
            assertThat(bootstraps(store, "192.0.2.1", Duration.ofMillis(300))).isFalse();
        }
    }
}
