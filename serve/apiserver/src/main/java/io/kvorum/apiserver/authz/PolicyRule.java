package io.kvorum.apiserver.authz;

import static io.kvorum.apiserver.cluster.Fields.strings;

import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One rule of a role: these verbs on these things. */
public record PolicyRule(
        List<String> verbs,
        List<String> apiGroups,
        List<String> resources,
        List<String> resourceNames,
        List<String> nonResourceUrls) {
    private static final String ALL = "*";

    public PolicyRule {
        verbs = List.copyOf(verbs);
        apiGroups = List.copyOf(apiGroups);
        resources = List.copyOf(resources);
        resourceNames = List.copyOf(resourceNames);
        nonResourceUrls = List.copyOf(nonResourceUrls);
    }

    public static List<PolicyRule> list(JsonNode rules) {
        List<PolicyRule> list = new ArrayList<>();
        rules.forEach(rule -> list.add(of(rule)));
        return list;
    }

    private static PolicyRule of(JsonNode rule) {
        return new PolicyRule(
                strings(rule.path("verbs")),
                strings(rule.path("apiGroups")),
                strings(rule.path("resources")),
                strings(rule.path("resourceNames")),
                strings(rule.path("nonResourceURLs")));
    }

    public ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        put(node, "apiGroups", apiGroups);
        put(node, "nonResourceURLs", nonResourceUrls);
        put(node, "resourceNames", resourceNames);
        put(node, "resources", resources);
        put(node, "verbs", verbs);
        return node;
    }

    private static void put(ObjectNode node, String name, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(name);
            values.forEach(array::add);
        }
    }

    public boolean allows(Access access) {
        return switch (access) {
            case ToResource to ->
                holds(verbs, to.verb())
                        && holds(apiGroups, to.group())
                        && allowsResource(to)
                        && (resourceNames.isEmpty() || resourceNames.contains(to.name()));
            case ToPath to ->
                holds(verbs, to.verb()) && nonResourceUrls.stream().anyMatch(url -> matches(url, to.path()));
        };
    }

    private boolean allowsResource(ToResource to) {
        return resources.contains(ALL)
                || resources.contains(to.qualified())
                || (!to.subresource().isEmpty() && resources.contains("*/" + to.subresource()));
    }

    private static boolean matches(String url, String path) {
        return url.equals(ALL)
                || url.equals(path)
                || (url.endsWith(ALL) && path.startsWith(url.substring(0, url.length() - 1)));
    }

    private static boolean holds(List<String> values, String wanted) {
        return values.contains(ALL) || values.contains(wanted);
    }

    /** The rule cut into ones that each name a single verb on a single thing, as escalation is judged by. */
    List<PolicyRule> atoms() {
        List<PolicyRule> atoms = new ArrayList<>();
        for (String verb : verbs) {
            for (String url : nonResourceUrls) {
                atoms.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(url)));
            }
            for (String group : apiGroups) {
                for (String resource : resources) {
                    addResourceAtoms(atoms, verb, group, resource);
                }
            }
        }
        return atoms;
    }

    private void addResourceAtoms(List<PolicyRule> atoms, String verb, String group, String resource) {
        if (resourceNames.isEmpty()) {
            atoms.add(new PolicyRule(List.of(verb), List.of(group), List.of(resource), List.of(), List.of()));
        }
        for (String name : resourceNames) {
            atoms.add(new PolicyRule(List.of(verb), List.of(group), List.of(resource), List.of(name), List.of()));
        }
    }

    /** Whether this rule alone allows all that an atom does. */
    boolean covers(PolicyRule atom) {
        if (!holds(verbs, atom.verbs.getFirst())) {
            return false;
        }
        if (!atom.nonResourceUrls.isEmpty()) {
            String wanted = atom.nonResourceUrls.getFirst();
            return nonResourceUrls.stream().anyMatch(url -> matches(url, wanted));
        }
        return holds(apiGroups, atom.apiGroups.getFirst())
                && coversResource(atom.resources.getFirst())
                && coversNames(atom.resourceNames);
    }

    private boolean coversNames(List<String> wanted) {
        return resourceNames.isEmpty() || (!wanted.isEmpty() && resourceNames.containsAll(wanted));
    }

    private boolean coversResource(String wanted) {
        int slash = wanted.indexOf('/');
        return holds(resources, wanted) || (slash >= 0 && resources.contains("*" + wanted.substring(slash)));
    }
}
