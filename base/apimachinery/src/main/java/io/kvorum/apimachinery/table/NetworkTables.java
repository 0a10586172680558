package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.NONE;
import static io.kvorum.apimachinery.table.Row.orElse;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ingresses, network policies and addresses. */
final class NetworkTables {
    private NetworkTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "ingresses.networking.k8s.io",
                Layout.of(
                        NetworkTables::ingress,
                        Column.named(),
                        Column.text("Class", "The class of the controller that serves it."),
                        Column.text("Hosts", "The names that it answers to."),
                        Column.text("Address", "Where it can be reached."),
                        Column.text("Ports", "80, and 443 with TLS."),
                        Column.age()));
        layouts.put(
                "ingressclasses.networking.k8s.io",
                Layout.of(
                        NetworkTables::ingressClass,
                        Column.named(),
                        Column.text("Controller", "The controller that serves the class."),
                        Column.text("Parameters", "Where its configuration lies."),
                        Column.age()));
        layouts.put(
                "networkpolicies.networking.k8s.io",
                Layout.of(
                        row -> row.name()
                                .text(Tables.selector(Tree.at(row.object(), "spec", "podSelector")))
                                .age(),
                        Column.named(),
                        Column.text("Pod-Selector", "Which pods it concerns."),
                        Column.age()));
        layouts.put(
                "servicecidrs.networking.k8s.io",
                Layout.of(
                        row -> row.name()
                                .text(String.join(",", Tree.texts(row.object(), "spec", "cidrs")))
                                .age(),
                        Column.named(),
                        Column.text("CIDRs", "The ranges that service addresses come from."),
                        Column.age()));
        layouts.put(
                "ipaddresses.networking.k8s.io",
                Layout.of(
                        row -> row.name().text(parent(row.object())).age(),
                        Column.named(),
                        Column.text("ParentRef", "Whose address it is."),
                        Column.age()));
    }

    private static void ingress(Row row) {
        ObjectNode ingress = row.object();
        List<String> hosts = new ArrayList<>();
        for (ObjectNode rule : Tree.objects(ingress, "spec", "rules")) {
            String host = Tree.text(rule, "host");
            if (!host.isEmpty()) {
                hosts.add(host);
            }
        }
        List<String> addresses = new ArrayList<>();
        for (ObjectNode each : Tree.objects(ingress, "status", "loadBalancer", "ingress")) {
            addresses.add(orElse(Tree.text(each, "ip"), Tree.text(each, "hostname")));
        }
        row.name()
                .text(orElse(Tree.text(ingress, "spec", "ingressClassName"), NONE))
                .text(Row.few(hosts, "*"))
                .text(String.join(",", addresses))
                .text(Tree.at(ingress, "spec", "tls").isEmpty() ? "80" : "80, 443")
                .age();
    }

    private static void ingressClass(Row row) {
        JsonNode parameters = Tree.at(row.object(), "spec", "parameters");
        String group = Tree.text(parameters, "apiGroup");
        String text = parameters.isMissingNode()
                ? NONE
                : Tree.text(parameters, "kind") + (group.isEmpty() ? "" : "." + group) + "/"
                        + Tree.text(parameters, "name");
        row.name()
                .text(Tree.text(row.object(), "spec", "controller"))
                .text(text)
                .age();
    }

    private static String parent(ObjectNode address) {
        JsonNode parent = Tree.at(address, "spec", "parentRef");
        String group = Tree.text(parent, "group");
        String resource = Tree.text(parent, "resource") + (group.isEmpty() ? "" : "." + group);
        String namespace = Tree.text(parent, "namespace");
        return resource + "/" + (namespace.isEmpty() ? "" : namespace + "/") + Tree.text(parent, "name");
    }
}
