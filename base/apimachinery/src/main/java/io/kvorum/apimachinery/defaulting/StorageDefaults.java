package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.node.ObjectNode;

/** Persistent volumes, claims, storage classes and drivers. */
final class StorageDefaults {
    private StorageDefaults() {}

    static void persistentVolume(ObjectNode volume) {
        ObjectNode spec = ensureObject(volume, "spec");
        fill(spec, "persistentVolumeReclaimPolicy", "Retain");
        fill(spec, "volumeMode", "Filesystem");
        VolumeDefaults.sharedSources(spec);
        fill(ensureObject(volume, "status"), "phase", "Pending");
    }

    static void persistentVolumeClaim(ObjectNode claim) {
        fill(ensureObject(claim, "spec"), "volumeMode", "Filesystem");
        fill(ensureObject(claim, "status"), "phase", "Pending");
    }

    static void storageClass(ObjectNode storageClass) {
        fill(storageClass, "reclaimPolicy", "Delete");
        fill(storageClass, "volumeBindingMode", "Immediate");
    }

    static void csiDriver(ObjectNode driver) {
        ObjectNode spec = ensureObject(driver, "spec");
        fill(spec, "attachRequired", true);
        fill(spec, "podInfoOnMount", false);
        fill(spec, "storageCapacity", false);
        fill(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
        fill(spec, "requiresRepublish", false);
        fill(spec, "seLinuxMount", false);
        if (Tree.at(spec, "volumeLifecycleModes").isEmpty()) {
            spec.putArray("volumeLifecycleModes").add("Persistent");
        }
    }
}
