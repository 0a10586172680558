package io.kvorum.scheduler;

import java.util.List;
import java.util.Map;

/** The nodes at one moment, in the order of their names, and the labels of namespaces. Immutable. */
record ClusterView(List<NodeView> nodes, Map<String, Map<String, String>> namespaceLabels) {
    /** The same with one node replaced. */
    ClusterView with(NodeView changed) {
        return new ClusterView(
                nodes.stream()
                        .map(node -> node.name().equals(changed.name()) ? changed : node)
                        .toList(),
                namespaceLabels);
    }
}
