package io.kvorum.node;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes outside the store with whom this server is in a cluster, so that one whose store was deleted does not begin a
 * second cluster beside the first. Kept by a virtual thread.
 */
final class ClusterMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMemory.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private final Path file;
    private final EmbeddedStore store;
    private final StoreMember self;
    private final CountDownLatch closing = new CountDownLatch(1);

    ClusterMemory(ServerConfig config, EmbeddedStore store, StoreMember self) {
        this.file = file(config);
        this.store = store;
        this.self = self;
        Thread.ofVirtual().name("cluster-memory").start(this::run);
    }

    private static Path file(ServerConfig config) {
        return config.serverFolder().resolve("cluster");
    }

    /** @throws StartFailure when a new cluster would begin on a machine that has been a server of one with others */
    static void refuseSecondCluster(ServerConfig config, StoreOrigin origin) {
        Path file = file(config);
        if (origin != StoreOrigin.NOTHING || !Files.exists(file)) {
            return;
        }
        try {
            List<String> others = Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith("https://"))
                    .toList();
            if (!others.isEmpty()) {
                throw new StartFailure(
                        "this server belonged to a cluster with %s, and its store is gone; a new cluster would stand beside that one. "
                                        .formatted(String.join(", ", others))
                                + "To join it again, start with --server %s. To begin anew on purpose, delete %s"
                                        .formatted(others.getFirst(), file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private void run() {
        try {
            do {
                note();
            } while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void note() {
        List<String> others = otherServers(store, self);
        String text = "%016x\n%s\n".formatted(self.clusterId(), String.join("\n", others));
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                SecretFile.write(file, text, "rw-------");
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.atWarn().setCause(e).log("could not note which servers belong to this cluster");
        }
    }

    /** Such as {@code https://10.0.0.2:6443}, sorted. */
    static List<String> otherServers(EmbeddedStore store, StoreMember self) {
        return store.members().all().stream()
                .filter(member -> !member.id().equals(self.id()))
                .map(ClusterMember::peerUrls)
                .flatMap(List::stream)
                .map(url -> "https://" + URI.create(url).getHost() + ":6443")
                .sorted()
                .distinct()
                .toList();
    }

    /** Where the members of the store are, by the addresses that they give their peers, such as {@code 10.0.0.2}. */
    static List<String> storeAddresses(EmbeddedStore store) {
        return store.members().all().stream()
                .filter(member -> !member.isLearner())
                .map(ClusterMember::peerUrls)
                .flatMap(List::stream)
                .map(url -> URI.create(url).getHost().replaceAll("[\\[\\]]", ""))
                .toList();
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
