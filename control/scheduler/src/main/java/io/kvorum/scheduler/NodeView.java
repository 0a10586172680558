package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node with the pods on it and the sums of what they ask for. Immutable. */
record NodeView(
        Node node,
        Resources allocatable,
        Map<String, Long> imageBytes,
        List<PodView> pods,
        Resources requested,
        Resources assumed) {
    static NodeView of(Node node, List<PodView> pods) {
        Resources requested = Resources.NONE;
        Resources assumed = Resources.NONE;
        for (PodView pod : pods) {
            requested = requested.plus(pod.requests());
            assumed = assumed.plus(pod.assumed());
        }
        Resources allocatable = node.getStatus() == null
                ? Resources.NONE
                : Resources.parse(
                        node.getStatus().getAllocatable() == null
                                        || node.getStatus().getAllocatable().isEmpty()
                                ? node.getStatus().getCapacity()
                                : node.getStatus().getAllocatable());
        return new NodeView(node, allocatable, images(node), List.copyOf(pods), requested, assumed);
    }

    private static Map<String, Long> images(Node node) {
        Map<String, Long> images = new TreeMap<>();
        if (node.getStatus() != null) {
            for (ContainerImage image : node.getStatus().getImages()) {
                long bytes = image.getSizeBytes() == null ? 0 : image.getSizeBytes();
                image.getNames().forEach(name -> images.put(name, bytes));
            }
        }
        return images;
    }

    NodeView with(PodView pod) {
        List<PodView> all = new ArrayList<>(pods);
        all.add(pod);
        return new NodeView(
                node, allocatable, imageBytes, all, requested.plus(pod.requests()), assumed.plus(pod.assumed()));
    }

    NodeView without(List<PodView> gone) {
        List<PodView> rest = new ArrayList<>(pods);
        rest.removeAll(gone);
        return of(node, rest);
    }

    String name() {
        return node.getMetadata().getName();
    }

    Map<String, String> labels() {
        return node.getMetadata().getLabels() == null
                ? Map.of()
                : node.getMetadata().getLabels();
    }

    List<Taint> taints() {
        return node.getSpec() == null ? List.of() : node.getSpec().getTaints();
    }

    boolean isUnschedulable() {
        return node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
    }
}
