package io.kvorum.kubelet.pod;

import java.util.function.UnaryOperator;

/** Hands a change of a container's note to the pod's own thread. Any thread. */
@FunctionalInterface
interface NoteSender {
    void send(String container, UnaryOperator<ContainerNote> change);

    /** A change that only counts while this container is the one the note is about. */
    default void about(String id, String container, UnaryOperator<ContainerNote> change) {
        send(container, old -> old.probed().filter(id::equals).isPresent() ? change.apply(old) : old);
    }
}
