package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Probes and lifecycle hooks of a container. */
final class ProbeRules {
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc", "sleep");

    private ProbeRules() {}

    static void check(ObjectNode container, Place at, Problems problems) {
        for (String name : List.of("livenessProbe", "startupProbe", "readinessProbe")) {
            if (Tree.has(container, name)) {
                probe(Tree.at(container, name), at.field(name), !name.equals("readinessProbe"), problems);
            }
        }
        for (String name : List.of("postStart", "preStop")) {
            if (Tree.has(container, "lifecycle", name)) {
                handler(Tree.at(container, "lifecycle", name), at.fields("lifecycle", name), problems);
            }
        }
    }

    private static void probe(JsonNode probe, Place at, boolean mustSucceedOnce, Problems problems) {
        handler(probe, at, problems);
        for (String field : List.of(
                "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")) {
            problems.notNegative(at, probe, field);
        }
        if (mustSucceedOnce && Tree.numberOr(1, probe, "successThreshold") != 1) {
            problems.invalid(at.field("successThreshold"), Tree.number(probe, "successThreshold"), "must be 1");
        }
    }

    private static void handler(JsonNode holder, Place at, Problems problems) {
        List<String> present =
                HANDLERS.stream().filter(each -> Tree.has(holder, each)).toList();
        if (present.isEmpty()) {
            problems.required(at, "must specify a handler type");
        }
        for (int i = 1; i < present.size(); i++) {
            problems.forbidden(at.field(present.get(i)), "may not specify more than 1 handler type");
        }
        for (String name : present) {
            action(name, Tree.at(holder, name), at.field(name), problems);
        }
    }

    private static void action(String name, JsonNode action, Place at, Problems problems) {
        switch (name) {
            case "exec" -> {
                if (Tree.at(action, "command").isEmpty()) {
                    problems.required(at.field("command"));
                }
            }
            case "httpGet", "tcpSocket", "grpc" -> port(Tree.at(action, "port"), at.field("port"), problems);
            default -> {}
        }
    }

    /** A number, or the name of one of the container's ports. */
    static void port(JsonNode port, Place at, Problems problems) {
        if (port.isString()) {
            problems.invalid(at, port.stringValue(), Names.portName(port.stringValue()));
        } else {
            problems.port(at, port.longValue(0));
        }
    }
}
