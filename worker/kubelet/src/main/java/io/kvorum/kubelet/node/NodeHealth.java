package io.kvorum.kubelet.node;

import java.util.List;
import java.util.Optional;

/** What decides a Node's conditions at one moment. {@code trouble} is why no pods can be run, if so. */
public record NodeHealth(
        Optional<String> trouble, boolean memoryShort, boolean diskShort, boolean pidsShort, List<NodeImage> images) {
    public NodeHealth {
        images = List.copyOf(images);
    }

    /** An image on the node, by all its names. */
    public record NodeImage(List<String> names, long sizeBytes) {}
}
