package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The containers of one pod spec. Used once. */
final class ContainerRules {
    private final Set<String> volumes;
    private final boolean usesHostNetwork;
    private final Problems problems;
    private final Set<String> names = new HashSet<>();

    ContainerRules(Set<String> volumes, boolean usesHostNetwork, Problems problems) {
        this.volumes = volumes;
        this.usesHostNetwork = usesHostNetwork;
        this.problems = problems;
    }

    void containers(List<ObjectNode> containers, Place list) {
        if (containers.isEmpty()) {
            problems.required(list);
        }
        for (int i = 0; i < containers.size(); i++) {
            container(containers.get(i), list.index(i));
            ProbeRules.check(containers.get(i), list.index(i), problems);
        }
    }

    void initContainers(List<ObjectNode> containers, Place list) {
        for (int i = 0; i < containers.size(); i++) {
            ObjectNode container = containers.get(i);
            Place at = list.index(i);
            container(container, at);
            if (Tree.text(container, "restartPolicy").equals("Always")) {
                ProbeRules.check(container, at, problems);
                continue;
            }
            for (String field : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
                if (Tree.has(container, field)) {
                    problems.forbidden(
                            at.field(field), "may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    private void container(ObjectNode container, Place at) {
        name(Tree.text(container, "name"), at.field("name"));
        String image = Tree.text(container, "image");
        if (image.isEmpty()) {
            problems.required(at.field("image"));
        } else if (!image.equals(image.strip())) {
            problems.invalid(at.field("image"), image, "must not have leading or trailing whitespace");
        }
        ports(Tree.objects(container, "ports"), at.field("ports"));
        EnvironmentRules.check(container, at, problems);
        mounts(Tree.objects(container, "volumeMounts"), at.field("volumeMounts"));
        ResourceRules.check(Tree.at(container, "resources"), at.field("resources"), problems);
    }

    private void name(String name, Place at) {
        if (name.isEmpty()) {
            problems.required(at);
            return;
        }
        problems.invalid(at, name, Names.dns1123Label(name));
        if (!names.add(name)) {
            problems.duplicate(at, name);
        }
    }

    private void ports(List<ObjectNode> ports, Place list) {
        Set<String> portNames = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            Place at = list.index(i);
            String name = Tree.text(port, "name");
            if (!name.isEmpty()) {
                problems.invalid(at.field("name"), name, Names.portName(name));
                if (!portNames.add(name)) {
                    problems.duplicate(at.field("name"), name);
                }
            }
            numbers(port, at);
        }
    }

    private void numbers(ObjectNode port, Place at) {
        long number = Tree.number(port, "containerPort");
        long hostPort = Tree.number(port, "hostPort");
        if (number == 0) {
            problems.required(at.field("containerPort"));
        } else {
            problems.port(at.field("containerPort"), number);
        }
        if (hostPort != 0) {
            problems.port(at.field("hostPort"), hostPort);
            if (usesHostNetwork && hostPort != number) {
                problems.invalid(
                        at.field("hostPort"), hostPort, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }

    private void mounts(List<ObjectNode> mounts, Place list) {
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            JsonNode mount = mounts.get(i);
            Place at = list.index(i);
            String name = Tree.text(mount, "name");
            String path = Tree.text(mount, "mountPath");
            if (name.isEmpty()) {
                problems.required(at.field("name"));
            } else if (!volumes.contains(name)) {
                problems.notFound(at.field("name"), name);
            }
            if (path.isEmpty()) {
                problems.required(at.field("mountPath"));
            } else if (!paths.add(path)) {
                problems.invalid(at.field("mountPath"), path, "must be unique");
            }
            String subPath = Tree.text(mount, "subPath");
            if (subPath.startsWith("/")) {
                problems.invalid(at.field("subPath"), subPath, "must be a relative path");
            } else if (VolumeRules.hasBacksteps(subPath)) {
                problems.invalid(at.field("subPath"), subPath, "must not contain '..'");
            }
        }
    }
}
