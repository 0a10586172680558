package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Role bindings and certificate signing requests. Roles show no more than when they were created. */
final class AccessTables {
    private AccessTables() {}

    static void addTo(Map<String, Layout> layouts) {
        Layout binding = Layout.of(
                AccessTables::binding,
                Column.named(),
                Column.text("Role", "What is granted."),
                Column.age(),
                Column.wide("Users", "The users who get it."),
                Column.wide("Groups", "The groups that get it."),
                Column.wide("ServiceAccounts", "The service accounts that get it."));
        layouts.put("rolebindings.rbac.authorization.k8s.io", binding);
        layouts.put("clusterrolebindings.rbac.authorization.k8s.io", binding);
        layouts.put(
                "certificatesigningrequests.certificates.k8s.io",
                Layout.of(
                        AccessTables::signingRequest,
                        Column.named(),
                        Column.age(),
                        Column.text("SignerName", "Who is asked to sign."),
                        Column.text("Requestor", "Who asks."),
                        Column.text("RequestedDuration", "For how long."),
                        Column.text("Condition", "How far it is.")));
    }

    private static void binding(Row row) {
        ObjectNode object = row.object();
        row.name()
                .text(Tree.text(object, "roleRef", "kind") + "/" + Tree.text(object, "roleRef", "name"))
                .age()
                .text(subjects(object, "User"))
                .text(subjects(object, "Group"))
                .text(subjects(object, "ServiceAccount"));
    }

    private static String subjects(ObjectNode binding, String kind) {
        List<String> names = new ArrayList<>();
        for (ObjectNode subject : Tree.objects(binding, "subjects")) {
            if (Tree.text(subject, "kind").equals(kind)) {
                String namespace = Tree.text(subject, "namespace");
                names.add(
                        namespace.isEmpty()
                                ? Tree.text(subject, "name")
                                : namespace + "/" + Tree.text(subject, "name"));
            }
        }
        return String.join(", ", names);
    }

    private static void signingRequest(Row row) {
        ObjectNode object = row.object();
        long seconds = Tree.number(object, "spec", "expirationSeconds");
        row.name()
                .age()
                .text(Row.orElse(Tree.text(object, "spec", "signerName"), Row.NONE))
                .text(Tree.text(object, "spec", "username"))
                .text(seconds > 0 ? HumanDuration.of(Duration.ofSeconds(seconds)) : Row.NONE)
                .text(condition(object));
    }

    private static String condition(ObjectNode request) {
        List<String> types = Tree.objects(request, "status", "conditions").stream()
                .map(each -> Tree.text(each, "type"))
                .toList();
        String decision = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending";
        String failed = types.contains("Failed") ? ",Failed" : "";
        return decision + failed + (Tree.text(request, "status", "certificate").isEmpty() ? "" : ",Issued");
    }
}
