package io.kvorum.registry;

import static io.kvorum.registry.Cluster.configMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingWhileQuorumIsLostTest {
    /** What kubectl and many others give a request. */
    private static final Duration A_CLIENTS_PATIENCE = Duration.ofSeconds(5);

    private final LogThatLosesItsLeader log = new LogThatLosesItsLeader();

    @TempDir
    private Path folder;

    private Cluster cluster;

    @BeforeEach
    void start() {
        cluster = new Cluster(
                EmbeddedStore.open(EngineConfig.in(folder), log, InstantSource.system()),
                RegistryConfiguration.STANDARD);
        cluster.create(cluster.configMaps, configMap("a", "1"));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aReaderWhoAskedJustBeforeTheLeaderWasMissedGetsTheOldAnswerWhileItsClientStillWaits() throws Exception {
        log.fallSilent();
        long begun = System.nanoTime();
        var read = CompletableFuture.supplyAsync(() -> cluster.registry.get(cluster.path(cluster.configMaps, "a")));
        log.awaitReader();

        log.missLeader();

        assertThat(read.get(20, TimeUnit.SECONDS).staleSince()).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(A_CLIENTS_PATIENCE);
    }
}
