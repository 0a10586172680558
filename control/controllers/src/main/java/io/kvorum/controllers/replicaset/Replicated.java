package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.Map;

/** What ReplicaSets and ReplicationControllers have in common: a count, a selector, a template, a status. */
interface Replicated<T extends HasMetadata> {
    Class<T> kind();

    /** As owner references spell it. */
    String kindName();

    int replicas(T object);

    boolean selects(T object, Map<String, String> labels);

    PodTemplateSpec template(T object);

    int minReadySeconds(T object);

    ReplicaStatus status(T object);

    /** A copy with this status, and the condition ReplicaFailure as given. */
    T withStatus(T object, ReplicaStatus status, String now);
}
