package io.kvorum.node.snapshots;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tells people by Events of the cluster what became of snapshots, in K3s's words. Used by one thread. */
public final class SnapshotEvents {
    private static final String EVENTS = "/api/v1/namespaces/default/events";
    private static final int MOST_MESSAGE = 1000;

    private final SnapshotCluster cluster;
    private final String node;
    private final InstantSource clock;
    private final RandomGenerator chance;

    /** @param chance for the Events' names */
    public SnapshotEvents(SnapshotCluster cluster, String node, InstantSource clock, RandomGenerator chance) {
        this.cluster = cluster;
        this.node = node;
        this.clock = clock;
        this.chance = chance;
    }

    void saved(ObjectNode file) throws IOException {
        tell(file, "Normal", "ETCDSnapshotCreated", "Snapshot %s saved on %s".formatted(name(file), place(file)));
    }

    void failed(ObjectNode file) throws IOException {
        String reason = file.path("status").path("error").path("message").asString("");
        tell(
                file,
                "Warning",
                "ETCDSnapshotFailed",
                "Failed to save snapshot %s on %s: %s".formatted(name(file), place(file), reason));
    }

    void deleted(ObjectNode file) throws IOException {
        tell(file, "Normal", "ETCDSnapshotDeleted", "Snapshot %s deleted from %s".formatted(name(file), place(file)));
    }

    private static String name(ObjectNode file) {
        return file.path("spec").path("snapshotName").asString("");
    }

    private String place(ObjectNode file) {
        String storage = file.path("spec").path("nodeName").asString("");
        return storage.equals(SnapshotObjects.BUCKET) ? "S3" : storage;
    }

    private void tell(ObjectNode file, String type, String reason, String message) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String about = file.path("metadata").path("name").asString("");
        ObjectNode event = JsonMapper.shared().createObjectNode();
        event.putObject("metadata")
                .put("name", about + "." + HexFormat.of().toHexDigits(chance.nextLong()))
                .put("namespace", "default");
        event.putObject("involvedObject")
                .put("apiVersion", file.path("apiVersion").asString(""))
                .put("kind", file.path("kind").asString(""))
                .put("name", about)
                .put("uid", file.path("metadata").path("uid").asString(""));
        event.put("type", type)
                .put("reason", reason)
                .put("message", message.substring(0, Math.min(message.length(), MOST_MESSAGE)))
                .put("count", 1)
                .put("firstTimestamp", now.toString())
                .put("lastTimestamp", now.toString())
                .put("reportingComponent", "etcd-snapshot")
                .put("reportingInstance", node);
        event.putObject("source").put("component", "etcd-snapshot").put("host", node);
        cluster.create(EVENTS, event);
    }
}
