package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What keeps pods running: Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController. */
final class WorkloadDefaults {
    private static final String ROLLING_UPDATE = "RollingUpdate";
    private static final int KEPT_REVISIONS = 10;

    private WorkloadDefaults() {}

    static void deployment(ObjectNode deployment) {
        ObjectNode spec = ensureObject(deployment, "spec");
        fill(spec, "replicas", 1);
        ObjectNode strategy = ensureObject(spec, "strategy");
        fill(strategy, "type", ROLLING_UPDATE);
        if (Tree.text(strategy, "type").equals(ROLLING_UPDATE)) {
            ObjectNode rolling = ensureObject(strategy, "rollingUpdate");
            fill(rolling, "maxUnavailable", "25%");
            fill(rolling, "maxSurge", "25%");
        }
        fill(spec, "revisionHistoryLimit", KEPT_REVISIONS);
        fill(spec, "progressDeadlineSeconds", 600);
        PodDefaults.templateOf(spec);
    }

    static void replicaSet(ObjectNode replicaSet) {
        ObjectNode spec = ensureObject(replicaSet, "spec");
        fill(spec, "replicas", 1);
        PodDefaults.templateOf(spec);
    }

    static void statefulSet(ObjectNode statefulSet) {
        ObjectNode spec = ensureObject(statefulSet, "spec");
        fill(spec, "replicas", 1);
        fill(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = ensureObject(spec, "updateStrategy");
        fill(strategy, "type", ROLLING_UPDATE);
        if (Tree.text(strategy, "type").equals(ROLLING_UPDATE)) {
            fill(ensureObject(strategy, "rollingUpdate"), "partition", 0);
        }
        fill(spec, "revisionHistoryLimit", KEPT_REVISIONS);
        ObjectNode retention = ensureObject(spec, "persistentVolumeClaimRetentionPolicy");
        fill(retention, "whenDeleted", "Retain");
        fill(retention, "whenScaled", "Retain");
        for (ObjectNode claim : objects(spec, "volumeClaimTemplates")) {
            fill(claim, "apiVersion", "v1");
            fill(claim, "kind", "PersistentVolumeClaim");
            StorageDefaults.persistentVolumeClaim(claim);
        }
        PodDefaults.templateOf(spec);
    }

    static void daemonSet(ObjectNode daemonSet) {
        ObjectNode spec = ensureObject(daemonSet, "spec");
        ObjectNode strategy = ensureObject(spec, "updateStrategy");
        fill(strategy, "type", ROLLING_UPDATE);
        if (Tree.text(strategy, "type").equals(ROLLING_UPDATE)) {
            ObjectNode rolling = ensureObject(strategy, "rollingUpdate");
            fill(rolling, "maxUnavailable", 1);
            fill(rolling, "maxSurge", 0);
        }
        fill(spec, "revisionHistoryLimit", KEPT_REVISIONS);
        PodDefaults.templateOf(spec);
    }

    /** Its selector and labels come from the template's labels. */
    static void replicationController(ObjectNode controller) {
        ObjectNode spec = ensureObject(controller, "spec");
        JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
        if (!labels.isEmpty()) {
            if (Tree.at(spec, "selector").isEmpty()) {
                spec.set("selector", labels.deepCopy());
            }
            ObjectNode metadata = ensureObject(controller, "metadata");
            if (Tree.at(metadata, "labels").isEmpty()) {
                metadata.set("labels", labels.deepCopy());
            }
        }
        fill(spec, "replicas", 1);
        PodDefaults.templateOf(spec);
    }
}
