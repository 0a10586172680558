package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Admission webhooks and policies, aggregated services, and what K3s adds to Kubernetes. */
final class ExtensionTables {
    private static final String ADMISSION = ".admissionregistration.k8s.io";

    private ExtensionTables() {}

    static void addTo(Map<String, Layout> layouts) {
        Layout webhooks = Layout.of(
                row -> row.name()
                        .number(Tree.list(row.object(), "webhooks").size())
                        .age(),
                Column.named(),
                Column.number("Webhooks", "How many webhooks it has."),
                Column.age());
        layouts.put("mutatingwebhookconfigurations" + ADMISSION, webhooks);
        layouts.put("validatingwebhookconfigurations" + ADMISSION, webhooks);
        layouts.put("validatingadmissionpolicies" + ADMISSION, policy("Validations", "validations"));
        layouts.put("mutatingadmissionpolicies" + ADMISSION, policy("Mutations", "mutations"));
        Layout binding = Layout.of(
                ExtensionTables::policyBinding,
                Column.named(),
                Column.text("PolicyName", "The policy that is put in force."),
                Column.text("ParamRef", "Its parameters."),
                Column.age());
        layouts.put("validatingadmissionpolicybindings" + ADMISSION, binding);
        layouts.put("mutatingadmissionpolicybindings" + ADMISSION, binding);
        layouts.put(
                "apiservices.apiregistration.k8s.io",
                Layout.of(
                        ExtensionTables::apiService,
                        Column.named(),
                        Column.text("Service", "Who serves it."),
                        Column.text("Available", "Whether it can be reached."),
                        Column.age()));
        layouts.put(
                "etcdsnapshotfiles.k3s.cattle.io",
                Layout.of(
                        ExtensionTables::snapshotFile,
                        Column.named(),
                        Column.text("SnapshotName", "What the file is called."),
                        Column.text("Node", "Whose store it was taken from; s3 for what is in a bucket."),
                        Column.text("Location", "Where it is."),
                        Column.text("Size", "How many bytes it has."),
                        Column.text("CreationTime", "When it was taken.")));
    }

    private static void snapshotFile(Row row) {
        ObjectNode file = row.object();
        row.name()
                .text(Tree.text(file, "spec", "snapshotName"))
                .text(Tree.text(file, "spec", "nodeName"))
                .text(Tree.text(file, "spec", "location"))
                .text(Row.orElse(Tree.text(file, "status", "size"), Row.NONE))
                .text(Row.orElse(Tree.text(file, "status", "creationTime"), Row.NONE));
    }

    private static Layout policy(String column, String field) {
        return Layout.of(
                row -> row.name()
                        .number(Tree.list(row.object(), "spec", field).size())
                        .text(paramKind(row.object()))
                        .age(),
                Column.named(),
                Column.number(column, "How many it has."),
                Column.text("ParamKind", "The kind of its parameters."),
                Column.age());
    }

    private static String paramKind(ObjectNode policy) {
        JsonNode kind = Tree.at(policy, "spec", "paramKind");
        return kind.isMissingNode() ? Row.UNSET : Tree.text(kind, "apiVersion") + "/" + Tree.text(kind, "kind");
    }

    private static void policyBinding(Row row) {
        JsonNode reference = Tree.at(row.object(), "spec", "paramRef");
        String namespace = Tree.text(reference, "namespace");
        String name = Tree.text(reference, "name");
        String parameters = reference.isMissingNode()
                ? Row.UNSET
                : name.isEmpty()
                        ? Tables.selector(Tree.at(reference, "selector"))
                        : namespace.isEmpty() ? name : namespace + "/" + name;
        row.name()
                .text(Tree.text(row.object(), "spec", "policyName"))
                .text(parameters)
                .age();
    }

    private static void apiService(Row row) {
        ObjectNode object = row.object();
        JsonNode service = Tree.at(object, "spec", "service");
        String available = Tree.objects(object, "status", "conditions").stream()
                .filter(each -> Tree.text(each, "type").equals("Available"))
                .map(each -> Tree.text(each, "status").equals("True")
                        ? "True"
                        : "%s (%s)".formatted(Tree.text(each, "status"), Tree.text(each, "reason")))
                .findFirst()
                .orElse("Unknown");
        row.name()
                .text(
                        service.isMissingNode()
                                ? "Local"
                                : Tree.text(service, "namespace") + "/" + Tree.text(service, "name"))
                .text(available)
                .age();
    }
}
