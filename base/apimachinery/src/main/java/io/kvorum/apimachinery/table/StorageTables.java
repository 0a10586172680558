package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.UNSET;
import static io.kvorum.apimachinery.table.Row.orElse;

import io.kvorum.apimachinery.tree.Tree;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Volumes, claims, classes and drivers. */
final class StorageTables {
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

    private StorageTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "persistentvolumes",
                Layout.of(
                        StorageTables::volume,
                        Column.named(),
                        Column.text("Capacity", "How much it holds."),
                        Column.text("Access Modes", "How it can be mounted."),
                        Column.text("Reclaim Policy", "What becomes of it when its claim goes."),
                        Column.text("Status", "Whether it is bound."),
                        Column.text("Claim", "Who has it."),
                        Column.text("StorageClass", "Its class."),
                        Column.text("VolumeAttributesClass", "The class of its changeable attributes."),
                        Column.text("Reason", "Why it is in this state."),
                        Column.age(),
                        Column.wide("VolumeMode", "Filesystem or Block.")));
        layouts.put(
                "persistentvolumeclaims",
                Layout.of(
                        StorageTables::claim,
                        Column.named(),
                        Column.text("Status", "Whether it is bound."),
                        Column.text("Volume", "The volume it has got."),
                        Column.text("Capacity", "How much that holds."),
                        Column.text("Access Modes", "How it can be mounted."),
                        Column.text("StorageClass", "Its class."),
                        Column.text("VolumeAttributesClass", "The class of its changeable attributes."),
                        Column.age(),
                        Column.wide("VolumeMode", "Filesystem or Block.")));
        layouts.put(
                "storageclasses.storage.k8s.io",
                Layout.of(
                        StorageTables::storageClass,
                        Column.named(),
                        Column.text("Provisioner", "Who makes its volumes."),
                        Column.text("ReclaimPolicy", "What becomes of a volume when its claim goes."),
                        Column.text("VolumeBindingMode", "When volumes are made and bound."),
                        Column.flag("AllowVolumeExpansion", "Whether volumes can grow."),
                        Column.age()));
        layouts.put(
                "volumeattachments.storage.k8s.io",
                Layout.of(
                        StorageTables::attachment,
                        Column.named(),
                        Column.text("Attacher", "The driver that attaches."),
                        Column.text("PV", "The volume."),
                        Column.text("Node", "The node."),
                        Column.flag("Attached", "Whether it is attached."),
                        Column.age()));
        layouts.put(
                "csinodes.storage.k8s.io",
                Layout.of(
                        row -> row.name()
                                .number(Tree.list(row.object(), "spec", "drivers")
                                        .size())
                                .age(),
                        Column.named(),
                        Column.number("Drivers", "How many drivers the node has."),
                        Column.age()));
        layouts.put("csidrivers.storage.k8s.io", driverLayout());
    }

    private static Layout driverLayout() {
        return Layout.of(
                StorageTables::driver,
                Column.named(),
                Column.flag("AttachRequired", "Whether volumes are attached before they are mounted."),
                Column.flag("PodInfoOnMount", "Whether the driver learns of the pod."),
                Column.flag("StorageCapacity", "Whether the scheduler asks for free capacity."),
                Column.text("TokenRequests", "The audiences of the tokens it gets."),
                Column.flag("RequiresRepublish", "Whether it is called again and again."),
                Column.text("Modes", "Persistent, Ephemeral or both."),
                Column.age());
    }

    private static void volume(Row row) {
        ObjectNode volume = row.object();
        JsonNode claim = Tree.at(volume, "spec", "claimRef");
        row.name()
                .text(Tree.scalar(volume, "spec", "capacity", "storage"))
                .text(accessModes(Tree.at(volume, "spec")))
                .text(Tree.text(volume, "spec", "persistentVolumeReclaimPolicy"))
                .text(phase(row))
                .text(claim.isMissingNode() ? "" : Tree.text(claim, "namespace") + "/" + Tree.text(claim, "name"))
                .text(storageClass(volume))
                .text(orElse(Tree.text(volume, "spec", "volumeAttributesClassName"), UNSET))
                .text(Tree.text(volume, "status", "reason"))
                .age()
                .text(orElse(Tree.text(volume, "spec", "volumeMode"), UNSET));
    }

    private static void claim(Row row) {
        ObjectNode claim = row.object();
        String volume = Tree.text(claim, "spec", "volumeName");
        boolean isBound = !volume.isEmpty();
        row.name()
                .text(phase(row))
                .text(volume)
                .text(isBound ? Tree.scalar(claim, "status", "capacity", "storage") : "")
                .text(isBound ? accessModes(Tree.at(claim, "status")) : "")
                .text(storageClass(claim))
                .text(orElse(Tree.text(claim, "spec", "volumeAttributesClassName"), UNSET))
                .age()
                .text(orElse(Tree.text(claim, "spec", "volumeMode"), UNSET));
    }

    private static String phase(Row row) {
        return row.isBeingDeleted() ? "Terminating" : Tree.text(row.object(), "status", "phase");
    }

    private static String storageClass(ObjectNode object) {
        String annotated = Tree.text(object, "metadata", "annotations", CLASS_ANNOTATION);
        return orElse(annotated, Tree.text(object, "spec", "storageClassName"));
    }

    private static String accessModes(JsonNode holder) {
        Set<String> modes = new LinkedHashSet<>(Tree.texts(holder, "accessModes"));
        return modes.stream()
                .map(mode -> switch (mode) {
                    case "ReadWriteOnce" -> "RWO";
                    case "ReadOnlyMany" -> "ROX";
                    case "ReadWriteMany" -> "RWX";
                    case "ReadWriteOncePod" -> "RWOP";
                    default -> mode;
                })
                .collect(Collectors.joining(","));
    }

    private static void storageClass(Row row) {
        ObjectNode object = row.object();
        boolean isDefault =
                Tree.text(object, "metadata", "annotations", DEFAULT_CLASS).equals("true");
        row.text(Tree.text(object, "metadata", "name") + (isDefault ? " (default)" : ""))
                .text(Tree.text(object, "provisioner"))
                .text(orElse(Tree.text(object, "reclaimPolicy"), "Delete"))
                .text(orElse(Tree.text(object, "volumeBindingMode"), "Immediate"))
                .flag(Tree.flag(object, "allowVolumeExpansion"))
                .age();
    }

    private static void attachment(Row row) {
        ObjectNode object = row.object();
        row.name()
                .text(Tree.text(object, "spec", "attacher"))
                .text(Tree.text(object, "spec", "source", "persistentVolumeName"))
                .text(Tree.text(object, "spec", "nodeName"))
                .flag(Tree.flag(object, "status", "attached"))
                .age();
    }

    private static void driver(Row row) {
        JsonNode spec = Tree.at(row.object(), "spec");
        String audiences = Tree.objects(spec, "tokenRequests").stream()
                .map(each -> Tree.text(each, "audience"))
                .collect(Collectors.joining(","));
        row.name()
                .flag(!Tree.has(spec, "attachRequired") || Tree.flag(spec, "attachRequired"))
                .flag(Tree.flag(spec, "podInfoOnMount"))
                .flag(Tree.flag(spec, "storageCapacity"))
                .text(orElse(audiences, UNSET))
                .flag(Tree.flag(spec, "requiresRepublish"))
                .text(orElse(String.join(",", Tree.texts(spec, "volumeLifecycleModes")), Row.NONE))
                .age();
    }
}
