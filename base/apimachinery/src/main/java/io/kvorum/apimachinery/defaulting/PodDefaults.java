package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Pods, and the pod templates of everything that makes pods. */
final class PodDefaults {
    private static final List<String> WITH_PORTS = List.of("containers", "initContainers");

    private PodDefaults() {}

    static void pod(ObjectNode pod) {
        ObjectNode spec = ensureObject(pod, "spec");
        podSpec(spec);
        fill(spec, "enableServiceLinks", true);
        requestsFromLimits(spec);
        for (String list : WITH_PORTS) {
            objects(spec, list).forEach(PodDefaults::requestsFromLimits);
        }
        if (Tree.flag(spec, "hostNetwork")) {
            hostPorts(spec);
        }
    }

    static void podTemplate(ObjectNode podTemplate) {
        objectAt(podTemplate, "template", "spec").ifPresent(PodDefaults::podSpec);
    }

    /** The template inside of a workload's spec. */
    static void templateOf(ObjectNode spec) {
        objectAt(spec, "template", "spec").ifPresent(PodDefaults::podSpec);
    }

    private static void podSpec(ObjectNode spec) {
        objects(spec, "initContainers").forEach(ContainerDefaults::container);
        objects(spec, "containers").forEach(ContainerDefaults::container);
        objects(spec, "ephemeralContainers").forEach(ContainerDefaults::container);
        objects(spec, "volumes").forEach(VolumeDefaults::volume);
        fill(spec, "restartPolicy", "Always");
        fill(spec, "terminationGracePeriodSeconds", 30);
        fill(spec, "dnsPolicy", "ClusterFirst");
        fill(spec, "schedulerName", "default-scheduler");
        ensureObject(spec, "securityContext");
        serviceAccount(spec);
    }

    /** The old name of the field still goes along with the new one, as clients may read either. */
    private static void serviceAccount(ObjectNode spec) {
        String name = Tree.text(spec, "serviceAccountName");
        String old = Tree.text(spec, "serviceAccount");
        if (!name.isEmpty()) {
            spec.put("serviceAccount", name);
        } else if (!old.isEmpty()) {
            spec.put("serviceAccountName", old);
        }
    }

    /** Who limits a resource without requesting it requests as much. */
    private static void requestsFromLimits(ObjectNode holder) {
        objectAt(holder, "resources", "limits")
                .filter(limits -> !limits.isEmpty())
                .ifPresent(limits -> {
                    ObjectNode requests = ensureObject((ObjectNode) holder.get("resources"), "requests");
                    limits.properties().forEach(limit -> requests.putIfAbsent(limit.getKey(), limit.getValue()));
                });
    }

    private static void hostPorts(ObjectNode spec) {
        for (String list : WITH_PORTS) {
            for (ObjectNode container : objects(spec, list)) {
                objects(container, "ports").stream()
                        .filter(port -> Tree.number(port, "hostPort") == 0)
                        .forEach(port -> port.set("hostPort", Tree.whole(Tree.number(port, "containerPort"))));
            }
        }
    }
}
