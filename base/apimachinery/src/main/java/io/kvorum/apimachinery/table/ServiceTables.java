package io.kvorum.apimachinery.table;

import static io.kvorum.apimachinery.table.Row.NONE;
import static io.kvorum.apimachinery.table.Row.UNSET;
import static io.kvorum.apimachinery.table.Row.orElse;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Services and what stands behind them. */
final class ServiceTables {
    private ServiceTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "services",
                Layout.of(
                        ServiceTables::service,
                        Column.named(),
                        Column.text("Type", "How the service can be reached."),
                        Column.text("Cluster-IP", "Its address inside of the cluster."),
                        Column.text("External-IP", "Its addresses from outside."),
                        Column.text("Port(s)", "Its ports, with their node ports."),
                        Column.age(),
                        Column.wide("Selector", "Which pods stand behind it.")));
        layouts.put(
                "endpoints",
                Layout.of(
                        row -> row.name()
                                .text(Row.few(endpoints(row.object()), NONE))
                                .age(),
                        Column.named(),
                        Column.text("Endpoints", "The ready addresses and ports."),
                        Column.age()));
        layouts.put(
                "endpointslices.discovery.k8s.io",
                Layout.of(
                        ServiceTables::endpointSlice,
                        Column.named(),
                        Column.text("AddressType", "IPv4, IPv6 or FQDN."),
                        Column.text("Ports", "The ports of each endpoint."),
                        Column.text("Endpoints", "The addresses."),
                        Column.age()));
    }

    private static void service(Row row) {
        ObjectNode service = row.object();
        row.name()
                .text(Tree.text(service, "spec", "type"))
                .text(orElse(Tree.text(service, "spec", "clusterIP"), NONE))
                .text(externalAddress(service))
                .text(orElse(ports(service), NONE))
                .age()
                .text(Row.labels(Tree.at(service, "spec", "selector")));
    }

    private static String externalAddress(ObjectNode service) {
        return switch (Tree.text(service, "spec", "type")) {
            case "ExternalName" -> Tree.text(service, "spec", "externalName");
            case "LoadBalancer" -> balancedAddress(service);
            default -> orElse(String.join(",", Tree.texts(service, "spec", "externalIPs")), NONE);
        };
    }

    private static String balancedAddress(ObjectNode service) {
        List<String> external = new ArrayList<>();
        for (ObjectNode ingress : Tree.objects(service, "status", "loadBalancer", "ingress")) {
            external.add(orElse(Tree.text(ingress, "ip"), Tree.text(ingress, "hostname")));
        }
        external.addAll(Tree.texts(service, "spec", "externalIPs"));
        return external.isEmpty() ? "<pending>" : String.join(",", external);
    }

    private static String ports(ObjectNode service) {
        return Tree.objects(service, "spec", "ports").stream()
                .map(port -> {
                    long nodePort = Tree.number(port, "nodePort");
                    String number = Long.toString(Tree.number(port, "port"));
                    return (nodePort > 0 ? number + ":" + nodePort : number) + "/" + Tree.text(port, "protocol");
                })
                .collect(Collectors.joining(","));
    }

    private static List<String> endpoints(ObjectNode endpoints) {
        List<String> list = new ArrayList<>();
        for (ObjectNode subset : Tree.objects(endpoints, "subsets")) {
            List<ObjectNode> ports = Tree.objects(subset, "ports");
            for (ObjectNode address : Tree.objects(subset, "addresses")) {
                String ip = Tree.text(address, "ip");
                if (ports.isEmpty()) {
                    list.add(ip);
                }
                ports.forEach(
                        port -> list.add((ip.contains(":") ? "[" + ip + "]" : ip) + ":" + Tree.number(port, "port")));
            }
        }
        return list;
    }

    private static void endpointSlice(Row row) {
        List<String> ports = new ArrayList<>();
        for (ObjectNode port : Tree.objects(row.object(), "ports")) {
            ports.add(Tree.has(port, "port") ? Tree.scalar(port, "port") : "*");
        }
        List<String> addresses = new ArrayList<>();
        for (JsonNode endpoint : Tree.objects(row.object(), "endpoints")) {
            addresses.addAll(Tree.texts(endpoint, "addresses"));
        }
        row.name()
                .text(Tree.text(row.object(), "addressType"))
                .text(Row.few(ports, UNSET))
                .text(Row.few(addresses, UNSET))
                .age();
    }
}
