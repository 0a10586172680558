package io.kvorum.node.snapshots;

import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The cluster's objects, by their paths in the API. Any thread; calls block. */
public interface SnapshotCluster {
    /** @return empty when there is none of that path */
    Optional<ObjectNode> find(String path) throws IOException;

    /** @return false when there is such an object already */
    boolean create(String collection, ObjectNode object) throws IOException;

    /** @return false when the object is not there any more, or not as it was */
    boolean replace(String path, ObjectNode object) throws IOException;

    /** An object that is not there is no error. */
    void delete(String path) throws IOException;
}
