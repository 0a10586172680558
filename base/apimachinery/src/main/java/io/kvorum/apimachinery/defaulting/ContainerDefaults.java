package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Containers of all three kinds: init, plain and ephemeral. */
final class ContainerDefaults {
    private ContainerDefaults() {}

    static void container(ObjectNode container) {
        fill(container, "imagePullPolicy", pullPolicy(Tree.text(container, "image")));
        fill(container, "terminationMessagePath", "/dev/termination-log");
        fill(container, "terminationMessagePolicy", "File");
        ensureObject(container, "resources");
        objects(container, "ports").forEach(port -> fill(port, "protocol", "TCP"));
        for (ObjectNode variable : objects(container, "env")) {
            objectAt(variable, "valueFrom", "fieldRef").ifPresent(ContainerDefaults::fieldRef);
        }
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            objectAt(container, name).ifPresent(ContainerDefaults::probe);
        }
        for (String name : List.of("postStart", "preStop")) {
            objectAt(container, "lifecycle", name, "httpGet").ifPresent(ContainerDefaults::httpGet);
        }
    }

    static void fieldRef(ObjectNode reference) {
        fill(reference, "apiVersion", "v1");
    }

    /** An image that may move (no tag, or {@code latest}) is always pulled; one with a digest or another tag is not. */
    static String pullPolicy(String image) {
        int digest = image.indexOf('@');
        String named = digest < 0 ? image : image.substring(0, digest);
        int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        String tag = colon >= 0 ? named.substring(colon + 1) : digest < 0 ? "latest" : "";
        return tag.equals("latest") ? "Always" : "IfNotPresent";
    }

    private static void probe(ObjectNode probe) {
        fillPositive(probe, "timeoutSeconds", 1);
        fillPositive(probe, "periodSeconds", 10);
        fillPositive(probe, "successThreshold", 1);
        fillPositive(probe, "failureThreshold", 3);
        objectAt(probe, "httpGet").ifPresent(ContainerDefaults::httpGet);
        objectAt(probe, "grpc").filter(grpc -> !Tree.has(grpc, "service")).ifPresent(grpc -> grpc.put("service", ""));
    }

    /** Zero counts as absent here, as upstream's plain numbers cannot tell the two apart. */
    private static void fillPositive(ObjectNode node, String field, int value) {
        if (Tree.number(node, field) == 0) {
            node.put(field, value);
        }
    }

    private static void httpGet(ObjectNode action) {
        fill(action, "path", "/");
        fill(action, "scheme", "HTTP");
    }
}
