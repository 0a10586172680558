package io.kvorum.apiserver.cluster;

import io.kvorum.apimachinery.type.GroupVersionResource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Reads what is stored, from this server's replica if need be; any thread. Trees belong to the caller. */
public interface ClusterObjects {
    /** @param namespace empty for a cluster-wide kind */
    Optional<ObjectNode> find(GroupVersionResource resource, String namespace, String name);

    /** @param namespace empty for all */
    List<ObjectNode> list(GroupVersionResource resource, String namespace);

    /** Keeps the listener up to date until closed, starting with everything there is. */
    Following follow(GroupVersionResource resource, Listener listener);

    /** Hears of one kind's objects; called by one thread at a time. */
    interface Listener {
        /** All there are: at the start, and again whenever changes may have been missed. */
        void replaced(List<ObjectNode> all);

        void changed(ObjectNode object);

        void removed(ObjectNode object);
    }

    /** A kind being followed. */
    interface Following extends AutoCloseable {
        /** Whether the listener has heard of everything there was at the start. */
        boolean isSynced();

        @Override
        void close();
    }
}
