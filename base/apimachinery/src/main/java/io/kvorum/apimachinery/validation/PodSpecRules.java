package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The spec of a pod, alone or inside of a template. */
final class PodSpecRules {
    private PodSpecRules() {}

    static void check(JsonNode spec, Place at, Problems problems) {
        Set<String> volumes = VolumeRules.check(spec, at.field("volumes"), problems);
        ContainerRules rules = new ContainerRules(volumes, Tree.flag(spec, "hostNetwork"), problems);
        rules.initContainers(Tree.objects(spec, "initContainers"), at.field("initContainers"));
        rules.containers(Tree.objects(spec, "containers"), at.field("containers"));
        lifetimes(spec, at, problems);
        names(spec, at, problems);
        MetadataRules.labels(at.field("nodeSelector"), Tree.textMap(spec, "nodeSelector"), problems);
        tolerations(Tree.objects(spec, "tolerations"), at.field("tolerations"), problems);
        dns(spec, at, problems);
        gates(spec, at, problems);
    }

    private static void lifetimes(JsonNode spec, Place at, Problems problems) {
        problems.notNegative(at, spec, "terminationGracePeriodSeconds");
        if (Tree.has(spec, "activeDeadlineSeconds")) {
            long seconds = Tree.number(spec, "activeDeadlineSeconds");
            if (seconds < 1 || seconds > Integer.MAX_VALUE) {
                problems.invalid(
                        at.field("activeDeadlineSeconds"), seconds, "must be between 1 and 2147483647, inclusive");
            }
        }
    }

    private static void names(JsonNode spec, Place at, Problems problems) {
        for (String field : List.of("serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName")) {
            String name = Tree.text(spec, field);
            if (!name.isEmpty()) {
                problems.invalid(at.field(field), name, Names.dns1123Subdomain(name));
            }
        }
        for (String field : List.of("hostname", "subdomain")) {
            String name = Tree.text(spec, field);
            if (!name.isEmpty()) {
                problems.invalid(at.field(field), name, Names.dns1123Label(name));
            }
        }
    }

    private static void tolerations(List<ObjectNode> tolerations, Place list, Problems problems) {
        for (int i = 0; i < tolerations.size(); i++) {
            Place at = list.index(i);
            ObjectNode toleration = tolerations.get(i);
            String key = Tree.text(toleration, "key");
            String operator = Tree.text(toleration, "operator");
            if (!key.isEmpty()) {
                problems.invalid(at.field("key"), key, Names.qualified(key));
            } else if (!operator.equals("Exists")) {
                problems.invalid(
                        at.field("operator"),
                        operator,
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }
            if (operator.equals("Exists") && !Tree.text(toleration, "value").isEmpty()) {
                problems.invalid(at.field("operator"), operator, "value must be empty when `operator` is 'Exists'");
            }
            if (Tree.has(toleration, "tolerationSeconds")
                    && !Tree.text(toleration, "effect").equals("NoExecute")) {
                problems.invalid(
                        at.field("effect"),
                        Tree.text(toleration, "effect"),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }
        }
    }

    private static void dns(JsonNode spec, Place at, Problems problems) {
        List<String> servers = Tree.texts(spec, "dnsConfig", "nameservers");
        if (Tree.text(spec, "dnsPolicy").equals("None") && servers.isEmpty()) {
            problems.required(
                    at.fields("dnsConfig", "nameservers"),
                    "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }
        if (servers.size() > 3) {
            problems.invalid(
                    at.fields("dnsConfig", "nameservers"),
                    Tree.at(spec, "dnsConfig", "nameservers"),
                    "must not have more than 3 nameservers");
        }
    }

    private static void gates(JsonNode spec, Place at, Problems problems) {
        Set<String> seen = new HashSet<>();
        List<ObjectNode> gates = Tree.objects(spec, "schedulingGates");
        for (int i = 0; i < gates.size(); i++) {
            String name = Tree.text(gates.get(i), "name");
            Place here = at.field("schedulingGates").index(i);
            problems.invalid(here, name, Names.qualified(name));
            if (!seen.add(name)) {
                problems.duplicate(here, name);
            }
        }
    }
}
