package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which taints a node's conditions call for. Pure functions. */
final class NodeTaints {
    static final String NOT_READY = "node.kubernetes.io/not-ready";
    static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final Set<String> OWN_NO_SCHEDULE = Set.of(
            NOT_READY,
            UNREACHABLE,
            "node.kubernetes.io/memory-pressure",
            "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/pid-pressure",
            "node.kubernetes.io/network-unavailable",
            "node.kubernetes.io/unschedulable");
    private static final Set<String> OWN_NO_EXECUTE = Set.of(NOT_READY, UNREACHABLE);

    private NodeTaints() {}

    static Optional<NodeCondition> condition(Node node, String type) {
        return node.getStatus() == null
                ? Optional.empty()
                : node.getStatus().getConditions().stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst();
    }

    /** {@code True}, {@code False} or {@code Unknown}; the last also for a node that never said. */
    static String ready(Node node) {
        return condition(node, "Ready").map(NodeCondition::getStatus).orElse("Unknown");
    }

    static List<Taint> present(Node node) {
        return node.getSpec() == null ? List.of() : node.getSpec().getTaints();
    }

    /** The taints to have; those that are right already keep their time. Eviction may be held back. */
    static List<Taint> wanted(Node node, boolean mayEvict, String now) {
        List<String> keys = new ArrayList<>();
        switch (ready(node)) {
            case "False" -> keys.add(NOT_READY);
            case "Unknown" -> keys.add(UNREACHABLE);
            default -> {}
        }
        addIf(keys, node, "MemoryPressure", "node.kubernetes.io/memory-pressure");
        addIf(keys, node, "DiskPressure", "node.kubernetes.io/disk-pressure");
        addIf(keys, node, "PIDPressure", "node.kubernetes.io/pid-pressure");
        addIf(keys, node, "NetworkUnavailable", "node.kubernetes.io/network-unavailable");
        if (node.getSpec() != null && Values.isTrue(node.getSpec().getUnschedulable())) {
            keys.add("node.kubernetes.io/unschedulable");
        }
        List<Taint> taints = new ArrayList<>();
        List<Taint> present = present(node);
        present.stream().filter(taint -> !isOurs(taint)).forEach(taints::add);
        for (String key : keys) {
            taints.add(kept(present, key, "NoSchedule").orElseGet(() -> taint(key, "NoSchedule", now)));
            if (OWN_NO_EXECUTE.contains(key)) {
                Optional<Taint> known = kept(present, key, "NoExecute");
                if (known.isPresent() || mayEvict) {
                    taints.add(known.orElseGet(() -> taint(key, "NoExecute", now)));
                }
            }
        }
        return taints;
    }

    private static void addIf(List<String> keys, Node node, String type, String key) {
        condition(node, type)
                .filter(condition -> "True".equals(condition.getStatus()))
                .ifPresent(condition -> keys.add(key));
    }

    private static boolean isOurs(Taint taint) {
        return switch (taint.getEffect()) {
            case "NoSchedule" -> OWN_NO_SCHEDULE.contains(taint.getKey());
            case "NoExecute" -> OWN_NO_EXECUTE.contains(taint.getKey());
            default -> false;
        };
    }

    private static Optional<Taint> kept(List<Taint> present, String key, String effect) {
        return present.stream()
                .filter(taint -> key.equals(taint.getKey()) && effect.equals(taint.getEffect()))
                .findFirst();
    }

    private static Taint taint(String key, String effect, String now) {
        return new TaintBuilder()
                .withKey(key)
                .withEffect(effect)
                .withTimeAdded(effect.equals("NoExecute") ? now : null)
                .build();
    }
}
