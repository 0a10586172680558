package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Services. */
final class ServiceRules implements KindRules {
    private static final Place SPEC = Place.of("spec");
    private static final String EXTERNAL_NAME = "ExternalName";

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        String type = Tree.text(spec, "type");
        boolean isHeadless = Tree.text(spec, "clusterIP").equals("None");
        List<ObjectNode> ports = Tree.objects(spec, "ports");
        if (ports.isEmpty() && !isHeadless && !type.equals(EXTERNAL_NAME)) {
            problems.required(SPEC.field("ports"));
        }
        if (type.equals(EXTERNAL_NAME)) {
            externalName(spec, problems);
        }
        if (isHeadless && (type.equals("NodePort") || type.equals("LoadBalancer"))) {
            problems.invalid(
                    SPEC.fields("clusterIPs").index(0), "None", "may not be set to 'None' for " + type + " services");
        }
        ports(ports, type, problems);
        MetadataRules.labels(SPEC.field("selector"), Tree.textMap(spec, "selector"), problems);
    }

    private static void externalName(JsonNode spec, Problems problems) {
        String name = Tree.text(spec, "externalName");
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (name.isEmpty()) {
            problems.required(SPEC.field("externalName"));
        } else {
            problems.invalid(SPEC.field("externalName"), name, Names.dns1123Subdomain(bare));
        }
        if (!Tree.text(spec, "clusterIP").isEmpty()) {
            problems.forbidden(SPEC.field("clusterIPs"), "may not be set for ExternalName services");
        }
    }

    private static void ports(List<ObjectNode> ports, String type, Problems problems) {
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            Place at = SPEC.field("ports").index(i);
            String name = Tree.text(port, "name");
            if (name.isEmpty()) {
                if (ports.size() > 1) {
                    problems.required(at.field("name"));
                }
            } else {
                problems.invalid(at.field("name"), name, Names.dns1123Label(name));
                if (!names.add(name)) {
                    problems.duplicate(at.field("name"), name);
                }
            }
            if (!numbers.add(Tree.text(port, "protocol") + Tree.number(port, "port"))) {
                problems.duplicate(at, duplicate(port));
            }
            numbers(port, at, type, problems);
        }
    }

    private static ObjectNode duplicate(ObjectNode port) {
        ObjectNode shown = Tree.object();
        shown.put("protocol", Tree.text(port, "protocol"));
        shown.set("port", Tree.at(port, "port"));
        return shown;
    }

    private static void numbers(ObjectNode port, Place at, String type, Problems problems) {
        problems.port(at.field("port"), Tree.number(port, "port"));
        if (Tree.has(port, "targetPort")) {
            ProbeRules.port(Tree.at(port, "targetPort"), at.field("targetPort"), problems);
        }
        if (Tree.number(port, "nodePort") != 0) {
            if (type.equals("ClusterIP")) {
                problems.forbidden(at.field("nodePort"), "may not be used when `type` is 'ClusterIP'");
            } else {
                problems.port(at.field("nodePort"), Tree.number(port, "nodePort"));
            }
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        String address = Tree.text(object, "spec", "clusterIP");
        String old = Tree.text(before, "spec", "clusterIP");
        boolean wasExternal = Tree.text(before, "spec", "type").equals(EXTERNAL_NAME);
        boolean isExternal = Tree.text(object, "spec", "type").equals(EXTERNAL_NAME);
        if (!wasExternal && !isExternal && !old.isEmpty() && !address.equals(old)) {
            problems.invalid(SPEC.field("clusterIPs").index(0), addresses(object), "may not change once set");
        }
    }

    private static JsonNode addresses(ObjectNode service) {
        JsonNode list = Tree.at(service, "spec", "clusterIPs");
        return list.isArray() ? list : Tree.array().add(Tree.text(service, "spec", "clusterIP"));
    }
}
