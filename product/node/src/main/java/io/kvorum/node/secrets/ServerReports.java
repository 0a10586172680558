package io.kvorum.node.secrets;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What every server says of the keys of Secrets that it has on its disk, so that a change can wait for all of them. Follows
 * the agreement on a virtual thread of its own; any thread may ask.
 */
final class ServerReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerReports.class);
    /** Behind it the member's id; {@code {"node": "h1", "revision": 17, "hash": ...}}. */
    private static final String PREFIX = "/kvorum/secrets-encryption-servers/";

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration ASK_EVERY = Duration.ofMillis(50);

    private final Store store;
    private final SecretsAtRest secrets;
    private final Self self;
    private final Supplier<List<ClusterMember>> members;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile String told = "";

    /**
     * This server.
     *
     * @param member its id in the store
     */
    record Self(String member, String node) {}

    ServerReports(Store store, SecretsAtRest secrets, Self self, Supplier<List<ClusterMember>> members) {
        this.store = store;
        this.secrets = secrets;
        this.self = self;
        this.members = members;
    }

    ServerReports start() {
        Thread.ofVirtual().name("secrets-encryption").start(this::run);
        return this;
    }

    String node() {
        return self.node();
    }

    private void run() {
        boolean isSealed = false;
        try {
            do {
                try {
                    boolean wasSealed = isSealed;
                    isSealed = look() == SecretsAtRest.Look.SEALED;
                    if (isSealed && !wasSealed) {
                        LOG.atError()
                                .log("the keys of Secrets were changed, and this server's token does not open them;"
                                        + " copy server/token from another server and restart");
                    }
                } catch (StoreException | ChangeRefused e) {
                    LOG.atDebug().addKeyValue("reason", e.getMessage()).log("cannot look for other keys of Secrets");
                }
            } while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes over what the cluster agreed on, and says so. */
    SecretsAtRest.Look look() {
        SecretsAtRest.Look found = secrets.look(Consistency.SERIALIZABLE);
        secrets.catchUpOnDisk();
        EncryptionState onDisk = secrets.stateOnDisk();
        String report = JsonMapper.shared()
                .createObjectNode()
                .put("node", self.node())
                .put("revision", onDisk.revision().value())
                .put("hash", onDisk.hash())
                .toString();
        if (!report.equals(told)) {
            store.txn(new Operation.Txn(
                    List.of(),
                    List.of(new Operation.Put(Key.of(PREFIX + self.member()), Bytes.utf8(report))),
                    List.of()));
            told = report;
        }
        return found;
    }

    /**
     * Waits until every server of the cluster has the keys on its disk.
     *
     * @throws ChangeRefused with the names of those that have not
     */
    void await(EncryptionState state, Duration patience) {
        List<String> missing = missing(state, patience);
        if (!missing.isEmpty()) {
            throw new ChangeRefused(("%s has not got the present keys of Secrets after %d s: is that server off, or of"
                            + " an older version? Start it, or remove it from the cluster (kubectl delete node), then"
                            + " run this again. Nothing is lost meanwhile")
                    .formatted(String.join(", ", missing), patience.toSeconds()));
        }
    }

    /** As above, behind a change that is made, so that whoever looks at the status then finds all servers alike. */
    void settle(EncryptionState state, Duration patience) {
        try {
            List<String> missing = missing(state, patience);
            if (!missing.isEmpty()) {
                LOG.atWarn().addKeyValue("servers", missing).log("servers have not taken over the keys of Secrets yet");
            }
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("cannot see which keys of Secrets servers have");
        }
    }

    private List<String> missing(EncryptionState state, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        look();
        List<String> missing = behind(state.revision());
        try {
            while (!missing.isEmpty() && System.nanoTime() < end) {
                if (closing.await(ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new ChangeRefused("this server stops");
                }
                missing = behind(state.revision());
            }
            return missing;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChangeRefused("this server stops");
        }
    }

    /** Who has not said that it has the agreement of the revision. */
    List<String> behind(Revision revision) {
        Map<String, JsonNode> reports = reports();
        List<String> behind = new ArrayList<>();
        for (ClusterMember member : members.get()) {
            JsonNode report = reports.get(member.id().toString());
            if (report == null || report.path("revision").asLong(-1) < revision.value()) {
                behind.add(name(member, report));
            }
        }
        return behind;
    }

    /** In K3s's words, which servers go by other keys than this one; empty when none does. */
    Optional<String> mismatch() {
        Map<String, JsonNode> reports = reports();
        for (ClusterMember member : members.get()) {
            JsonNode report = reports.get(member.id().toString());
            if (report == null) {
                return Optional.of("%s has not told its hash".formatted(name(member, null)));
            }
            if (!report.path("hash").asString("").equals(secrets.state().hash())) {
                return Optional.of(
                        "hash does not match between %s and %s".formatted(self.node(), name(member, report)));
            }
        }
        return Optional.empty();
    }

    private static String name(ClusterMember member, @Nullable JsonNode report) {
        if (report != null) {
            return report.path("node").asString("");
        }
        if (!member.name().isEmpty()) {
            return member.name();
        }
        return member.peerUrls().stream()
                .findFirst()
                .map(url -> URI.create(url).getHost())
                .orElse(member.id().toString());
    }

    private Map<String, JsonNode> reports() {
        var range = new Operation.Range(KeyRange.prefix(Key.of(PREFIX)));
        Map<String, JsonNode> reports = new TreeMap<>();
        for (KeyValue item :
                store.range(range, Consistency.SERIALIZABLE).answer().items()) {
            reports.put(
                    item.key().bytes().utf8().substring(PREFIX.length()),
                    JsonMapper.shared().readTree(item.value().toByteArray()));
        }
        return reports;
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
