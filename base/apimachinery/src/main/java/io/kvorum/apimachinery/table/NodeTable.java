package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.NONE;
import static io.kvorum.apimachinery.table.Row.UNKNOWN;
import static io.kvorum.apimachinery.table.Row.orElse;

import io.kvorum.apimachinery.tree.Tree;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** Nodes. */
final class NodeTable {
    private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
    private static final String ROLE = "kubernetes.io/role";

    static final Layout LAYOUT = Layout.of(
            NodeTable::cells,
            Column.named(),
            Column.text("Status", "Whether the node is ready, and whether it takes new pods."),
            Column.text("Roles", "The node's roles, from its labels."),
            Column.age(),
            Column.text("Version", "The version that the node's agent reports."),
            Column.wide("Internal-IP", "The node's address inside of the cluster."),
            Column.wide("External-IP", "The node's address from outside."),
            Column.wide("OS-Image", "The node's operating system."),
            Column.wide("Kernel-Version", "The node's kernel."),
            Column.wide("Container-Runtime", "The node's container runtime and its version."));

    private NodeTable() {}

    private static void cells(Row row) {
        ObjectNode node = row.object();
        row.name()
                .text(status(node))
                .text(roles(node))
                .age()
                .text(Tree.text(node, "status", "nodeInfo", "kubeletVersion"))
                .text(address(node, "InternalIP"))
                .text(address(node, "ExternalIP"))
                .text(orElse(Tree.text(node, "status", "nodeInfo", "osImage"), UNKNOWN))
                .text(orElse(Tree.text(node, "status", "nodeInfo", "kernelVersion"), UNKNOWN))
                .text(orElse(Tree.text(node, "status", "nodeInfo", "containerRuntimeVersion"), UNKNOWN));
    }

    private static String status(ObjectNode node) {
        String ready = Tree.objects(node, "status", "conditions").stream()
                .filter(each -> Tree.text(each, "type").equals("Ready"))
                .map(each -> Tree.text(each, "status").equals("True") ? "Ready" : "NotReady")
                .findFirst()
                .orElse("Unknown");
        return Tree.flag(node, "spec", "unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static String roles(ObjectNode node) {
        SortedSet<String> roles = new TreeSet<>();
        Tree.textMap(node, "metadata", "labels").forEach((label, value) -> {
            if (label.startsWith(ROLE_PREFIX) && label.length() > ROLE_PREFIX.length()) {
                roles.add(label.substring(ROLE_PREFIX.length()));
            } else if (label.equals(ROLE) && !value.isEmpty()) {
                roles.add(value);
            }
        });
        return orElse(String.join(",", roles), NONE);
    }

    private static String address(ObjectNode node, String type) {
        return Tree.objects(node, "status", "addresses").stream()
                .filter(each -> Tree.text(each, "type").equals(type))
                .map(each -> Tree.text(each, "address"))
                .findFirst()
                .orElse(NONE);
    }
}
