package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.Pod;

/** Which pod: its names and the uid that tells it from a later one of the same name. */
public record PodRef(String namespace, String name, String uid) {
    public static PodRef of(Pod pod) {
        return new PodRef(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
    }

    /** As log folders and messages name a pod. */
    public String fullName() {
        return namespace + "_" + name + "_" + uid;
    }
}
