package io.kvorum.node.snapshots;

import io.kvorum.snapshot.catalogue.Particulars;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.s3.BucketSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Snapshots as the objects of K3s's API: {@code ETCDSnapshotFile} of {@code k3s.cattle.io/v1}. Stateless. */
public final class SnapshotObjects {
    private static final String VERSION = "k3s.cattle.io/v1";
    private static final String TOKEN_HASH = "etcd.k3s.cattle.io/snapshot-token-hash";
    static final String STORAGE_NODE = "etcd.k3s.cattle.io/snapshot-storage-node";

    static final String LOCAL = "local";
    static final String BUCKET = "s3";

    private SnapshotObjects() {}

    static ObjectNode list(List<SavedSnapshot> snapshots, List<BucketSnapshot> copies, String node) {
        ObjectNode list = JsonMapper.shared().createObjectNode();
        list.put("apiVersion", VERSION).put("kind", "ETCDSnapshotFileList");
        list.putObject("metadata");
        var items = list.putArray("items");
        snapshots.forEach(each -> items.add(of(each, node)));
        copies.forEach(each -> items.add(of(each)));
        return list;
    }

    /** What should have been there, and why it is not. */
    static ObjectNode of(FailedSnapshot failed, String thisNode, String storage) {
        ObjectNode object = JsonMapper.shared().createObjectNode();
        object.put("apiVersion", VERSION).put("kind", "ETCDSnapshotFile");
        object.putObject("metadata")
                .put("name", objectName(storage, failed.name(), "failed:" + failed.name()))
                .putObject("labels")
                .put(STORAGE_NODE, storage.equals(LOCAL) ? thisNode : storage);
        object.putObject("spec").put("location", "").put("nodeName", thisNode).put("snapshotName", failed.name());
        String time = failed.at().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode status = object.putObject("status");
        status.put("creationTime", time).put("readyToUse", false);
        status.putObject("error").put("message", failed.reason()).put("time", time);
        return object;
    }

    /** As in K3s, the node of what is in a bucket is called s3. */
    static ObjectNode of(BucketSnapshot copy) {
        String time = copy.createdAt().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode object = JsonMapper.shared().createObjectNode();
        object.put("apiVersion", VERSION).put("kind", "ETCDSnapshotFile");
        ObjectNode metadata = object.putObject("metadata")
                .put("name", objectName(BUCKET, copy.name().text(), copy.location()));
        metadata.put("creationTimestamp", time);
        metadata.putObject("labels").put(STORAGE_NODE, BUCKET);
        object.putObject("spec")
                .put("location", copy.location())
                .put("nodeName", BUCKET)
                .put("snapshotName", copy.name().text());
        object.putObject("status")
                .put("creationTime", time)
                .put("readyToUse", true)
                .put("size", Long.toString(copy.sizeBytes()));
        return object;
    }

    static ObjectNode of(SavedSnapshot snapshot, String thisNode) {
        String name = snapshot.name().text();
        String node = snapshot.particulars().map(Particulars::node).orElse(thisNode);
        ObjectNode object = JsonMapper.shared().createObjectNode();
        object.put("apiVersion", VERSION).put("kind", "ETCDSnapshotFile");
        ObjectNode metadata = object.putObject("metadata").put("name", objectName(LOCAL, name, snapshot.location()));
        metadata.put("creationTimestamp", time(snapshot));
        metadata.putObject("labels").put(STORAGE_NODE, thisNode);
        snapshot.particulars()
                .map(Particulars::tokenHash)
                .filter(hash -> !hash.isEmpty())
                .ifPresent(hash -> metadata.putObject("annotations").put(TOKEN_HASH, hash));
        ObjectNode spec = object.putObject("spec")
                .put("location", snapshot.location())
                .put("nodeName", node)
                .put("snapshotName", name);
        snapshot.particulars().ifPresent(known -> metadata(known, spec.putObject("metadata")));
        object.putObject("status")
                .put("creationTime", time(snapshot))
                .put("readyToUse", true)
                .put("size", Long.toString(snapshot.sizeBytes()));
        return object;
    }

    private static void metadata(Particulars known, ObjectNode into) {
        into.put("revision", Long.toString(known.revision()));
        into.put("hash", known.hash());
        into.put("entries", Long.toString(known.entries()));
        into.put("objects", Long.toString(known.objectCount()));
    }

    private static String time(SavedSnapshot snapshot) {
        return snapshot.createdAt().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** As in K3s, where it is stored, what it is called, and a few digits that tell equal names apart. */
    private static String objectName(String storage, String name, String location) {
        var sum = new CRC32();
        sum.update(location.getBytes(StandardCharsets.UTF_8));
        String digits = HexFormat.of().toHexDigits((int) sum.getValue()).substring(0, 6);
        return "%s-%s-%s".formatted(storage, name, digits).toLowerCase(java.util.Locale.ROOT);
    }
}
