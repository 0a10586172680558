package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ingresses. */
final class IngressRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        List<ObjectNode> rules = Tree.objects(spec, "rules");
        if (rules.isEmpty() && !Tree.has(spec, "defaultBackend")) {
            problems.invalid(SPEC, Tree.array(), "either `defaultBackend` or `rules` must be specified");
        }
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), SPEC.field("rules").index(i), problems);
        }
        if (Tree.has(spec, "defaultBackend")) {
            backend(Tree.at(spec, "defaultBackend"), SPEC.field("defaultBackend"), problems);
        }
    }

    private static void rule(ObjectNode rule, Place at, Problems problems) {
        String host = Tree.text(rule, "host");
        if (!host.isEmpty()) {
            problems.invalid(
                    at.field("host"),
                    host,
                    host.contains("*") ? Names.wildcardSubdomain(host) : Names.dns1123Subdomain(host));
        }
        List<ObjectNode> paths = Tree.objects(rule, "http", "paths");
        Place list = at.fields("http", "paths");
        if (Tree.has(rule, "http") && paths.isEmpty()) {
            problems.required(list);
        }
        for (int i = 0; i < paths.size(); i++) {
            path(paths.get(i), list.index(i), problems);
        }
    }

    private static void path(ObjectNode path, Place at, Problems problems) {
        String type = Tree.text(path, "pathType");
        String text = Tree.text(path, "path");
        if (type.isEmpty()) {
            problems.required(at.field("pathType"), "pathType must be specified");
        }
        boolean mustBeAbsolute = !type.equals("ImplementationSpecific") || !text.isEmpty();
        if (mustBeAbsolute && !text.startsWith("/")) {
            problems.invalid(at.field("path"), text, "must be an absolute path");
        }
        backend(Tree.at(path, "backend"), at.field("backend"), problems);
    }

    private static void backend(JsonNode backend, Place at, Problems problems) {
        boolean hasService = Tree.has(backend, "service");
        if (Tree.has(backend, "resource")) {
            if (hasService) {
                problems.invalid(at, "", "cannot set both resource and service backends");
            }
            return;
        }
        if (!hasService) {
            problems.required(at, "must specify a service or a resource");
            return;
        }
        Place service = at.field("service");
        String name = Tree.text(backend, "service", "name");
        if (name.isEmpty()) {
            problems.required(service.field("name"));
        } else {
            problems.invalid(service.field("name"), name, Names.dns1035Label(name));
        }
        JsonNode port = Tree.at(backend, "service", "port");
        if (Tree.text(port, "name").isEmpty() && Tree.number(port, "number") == 0) {
            problems.required(service, "port name or number is required");
        } else if (Tree.number(port, "number") != 0) {
            problems.port(service.fields("port", "number"), Tree.number(port, "number"));
        }
    }
}
