package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;

/** Where pods' statuses go. Blocks; throws when it has to be tried again; a pod that is gone is no failure. */
public interface PodStatusSink {
    void publish(Pod pod, PodStatus status);

    /** Removes the object at once, if it still is this very pod. */
    void delete(Pod pod);
}
