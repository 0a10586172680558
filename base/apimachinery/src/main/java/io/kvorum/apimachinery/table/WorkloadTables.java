package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What keeps pods running. */
final class WorkloadTables {
    private static final Column CONTAINERS = Column.wide("Containers", "The names of the template's containers.");
    private static final Column IMAGES = Column.wide("Images", "The images of the template's containers.");
    private static final Column SELECTOR = Column.wide("Selector", "Which pods belong to it.");
    private static final Column DESIRED = Column.number("Desired", "How many pods there should be.");
    private static final Column CURRENT = Column.number("Current", "How many pods there are.");
    private static final Column READY = Column.number("Ready", "How many pods are ready.");

    private WorkloadTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "deployments.apps",
                Layout.of(
                        WorkloadTables::deployment,
                        Column.named(),
                        Column.text("Ready", "How many pods are ready, of how many."),
                        Column.number("Up-to-date", "How many pods have the current template."),
                        Column.number("Available", "How many pods have been ready for long enough."),
                        Column.age(),
                        CONTAINERS,
                        IMAGES,
                        SELECTOR));
        Layout replicas = Layout.of(
                WorkloadTables::replicas,
                Column.named(),
                DESIRED,
                CURRENT,
                READY,
                Column.age(),
                CONTAINERS,
                IMAGES,
                SELECTOR);
        layouts.put("replicasets.apps", replicas);
        layouts.put("replicationcontrollers", replicas);
        layouts.put(
                "statefulsets.apps",
                Layout.of(
                        WorkloadTables::statefulSet,
                        Column.named(),
                        Column.text("Ready", "How many pods are ready, of how many."),
                        Column.age(),
                        CONTAINERS,
                        IMAGES));
        layouts.put(
                "daemonsets.apps",
                Layout.of(
                        WorkloadTables::daemonSet,
                        Column.named(),
                        DESIRED,
                        CURRENT,
                        READY,
                        Column.number("Up-to-date", "How many pods have the current template."),
                        Column.number("Available", "How many pods have been ready for long enough."),
                        Column.text("Node Selector", "Which nodes get a pod."),
                        Column.age(),
                        CONTAINERS,
                        IMAGES,
                        SELECTOR));
        layouts.put(
                "controllerrevisions.apps",
                Layout.of(
                        WorkloadTables::controllerRevision,
                        Column.named(),
                        Column.text("Controller", "Whose revision it is."),
                        Column.number("Revision", "The revision's number."),
                        Column.age()));
        layouts.put(
                "podtemplates",
                Layout.of(
                        row -> row.name()
                                .containers(Tree.at(row.object(), "template", "spec"))
                                .text(Row.labels(Tree.at(row.object(), "template", "metadata", "labels"))),
                        Column.named(),
                        Column.text("Containers", "The names of the template's containers."),
                        Column.text("Images", "The images of the template's containers."),
                        Column.text("Pod Labels", "The labels of its pods.")));
    }

    private static void deployment(Row row) {
        ObjectNode object = row.object();
        row.name()
                .text(Tree.number(object, "status", "readyReplicas") + "/" + Tree.number(object, "spec", "replicas"))
                .number(Tree.number(object, "status", "updatedReplicas"))
                .number(Tree.number(object, "status", "availableReplicas"))
                .age()
                .containers(Tree.at(object, "spec", "template", "spec"))
                .text(Tables.selector(Tree.at(object, "spec", "selector")));
    }

    /** A ReplicationController's selector is plain labels, a ReplicaSet's a selector object. */
    private static void replicas(Row row) {
        ObjectNode object = row.object();
        boolean isController = Tree.text(object, "kind").equals("ReplicationController");
        row.name()
                .number(Tree.number(object, "spec", "replicas"))
                .number(Tree.number(object, "status", "replicas"))
                .number(Tree.number(object, "status", "readyReplicas"))
                .age()
                .containers(Tree.at(object, "spec", "template", "spec"))
                .text(
                        isController
                                ? Row.labels(Tree.at(object, "spec", "selector"))
                                : Tables.selector(Tree.at(object, "spec", "selector")));
    }

    private static void statefulSet(Row row) {
        ObjectNode object = row.object();
        row.name()
                .text(Tree.number(object, "status", "readyReplicas") + "/" + Tree.number(object, "spec", "replicas"))
                .age()
                .containers(Tree.at(object, "spec", "template", "spec"));
    }

    private static void daemonSet(Row row) {
        ObjectNode object = row.object();
        row.name()
                .number(Tree.number(object, "status", "desiredNumberScheduled"))
                .number(Tree.number(object, "status", "currentNumberScheduled"))
                .number(Tree.number(object, "status", "numberReady"))
                .number(Tree.number(object, "status", "updatedNumberScheduled"))
                .number(Tree.number(object, "status", "numberAvailable"))
                .text(Row.labels(Tree.at(object, "spec", "template", "spec", "nodeSelector")))
                .age()
                .containers(Tree.at(object, "spec", "template", "spec"))
                .text(Tables.selector(Tree.at(object, "spec", "selector")));
    }

    private static void controllerRevision(Row row) {
        String owner = Tree.objects(row.object(), "metadata", "ownerReferences").stream()
                .filter(each -> Tree.flag(each, "controller"))
                .map(WorkloadTables::qualified)
                .findFirst()
                .orElse(Row.NONE);
        row.name().text(owner).number(Tree.number(row.object(), "revision")).age();
    }

    /** Such as {@code statefulset.apps/web}. */
    private static String qualified(ObjectNode owner) {
        String apiVersion = Tree.text(owner, "apiVersion");
        int slash = apiVersion.indexOf('/');
        String kind = Tree.text(owner, "kind").toLowerCase(Locale.ROOT);
        String group = slash < 0 ? "" : "." + apiVersion.substring(0, slash);
        return kind + group + "/" + Tree.text(owner, "name");
    }
}
