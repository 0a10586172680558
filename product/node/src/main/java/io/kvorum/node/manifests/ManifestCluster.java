package io.kvorum.node.manifests;

import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The cluster's API, by paths. Calls block. */
public interface ManifestCluster {
    /** @return empty when there is none of that path */
    Optional<ObjectNode> find(String path) throws IOException;

    /** Server-side apply: what the object says is so from now on, whoever said otherwise. */
    void apply(String path, ObjectNode object) throws IOException;
}
