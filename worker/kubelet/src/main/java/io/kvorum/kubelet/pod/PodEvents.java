package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Where pods' happenings are told; never blocks. */
public interface PodEvents {
    /** {@code container} is the name of the container it is about. */
    void normal(Pod pod, Optional<String> container, String reason, String message);

    void warning(Pod pod, Optional<String> container, String reason, String message);
}
