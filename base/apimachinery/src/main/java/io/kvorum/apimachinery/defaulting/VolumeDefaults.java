package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Volumes of a pod, and those sources that persistent volumes have as well. */
final class VolumeDefaults {
    private static final int READABLE_BY_ALL = 0644;

    private VolumeDefaults() {}

    static void volume(ObjectNode volume) {
        boolean hasSource = volume.properties().stream()
                .anyMatch(entry ->
                        !entry.getKey().equals("name") && !entry.getValue().isNull());
        if (!hasSource) {
            volume.putObject("emptyDir");
        }
        for (String source : List.of("secret", "configMap", "downwardAPI", "projected")) {
            objectAt(volume, source).ifPresent(each -> fill(each, "defaultMode", READABLE_BY_ALL));
        }
        objectAt(volume, "downwardAPI").ifPresent(VolumeDefaults::downwardApi);
        objectAt(volume, "projected").ifPresent(VolumeDefaults::projected);
        objectAt(volume, "ephemeral", "volumeClaimTemplate", "spec")
                .ifPresent(spec -> fill(spec, "volumeMode", "Filesystem"));
        objectAt(volume, "image")
                .ifPresent(image ->
                        fill(image, "pullPolicy", ContainerDefaults.pullPolicy(Tree.text(image, "reference"))));
        sharedSources(volume);
    }

    /** What a pod's volume and a PersistentVolume have in common. */
    static void sharedSources(ObjectNode holder) {
        objectAt(holder, "hostPath")
                .filter(hostPath -> !Tree.has(hostPath, "type"))
                .ifPresent(hostPath -> hostPath.put("type", ""));
        objectAt(holder, "iscsi").ifPresent(iscsi -> fill(iscsi, "iscsiInterface", "default"));
        objectAt(holder, "rbd").ifPresent(rbd -> {
            fill(rbd, "pool", "rbd");
            fill(rbd, "user", "admin");
            fill(rbd, "keyring", "/etc/ceph/keyring");
        });
        objectAt(holder, "azureDisk").ifPresent(disk -> {
            fill(disk, "cachingMode", "ReadWrite");
            fill(disk, "kind", "Shared");
            fill(disk, "fsType", "ext4");
            fill(disk, "readOnly", false);
        });
        objectAt(holder, "scaleIO").ifPresent(scaleIo -> {
            fill(scaleIo, "storageMode", "ThinProvisioned");
            fill(scaleIo, "fsType", "xfs");
        });
    }

    private static void projected(ObjectNode projected) {
        for (ObjectNode source : objects(projected, "sources")) {
            objectAt(source, "serviceAccountToken").ifPresent(token -> fill(token, "expirationSeconds", 3600));
            objectAt(source, "downwardAPI").ifPresent(VolumeDefaults::downwardApi);
        }
    }

    private static void downwardApi(ObjectNode downwardApi) {
        for (ObjectNode item : objects(downwardApi, "items")) {
            objectAt(item, "fieldRef").ifPresent(ContainerDefaults::fieldRef);
        }
    }
}
