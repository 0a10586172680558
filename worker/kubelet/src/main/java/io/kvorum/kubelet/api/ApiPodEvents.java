package io.kvorum.kubelet.api;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.EventRecorder;
import io.kvorum.kubelet.pod.PodEvents;
import java.util.Optional;

/** {@link PodEvents} as Event objects. Any thread. */
public final class ApiPodEvents implements PodEvents {
    private final EventRecorder recorder;

    public ApiPodEvents(EventRecorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void normal(Pod pod, Optional<String> container, String reason, String message) {
        recorder.record(about(pod, container), EventRecorder.NORMAL, reason, message);
    }

    @Override
    public void warning(Pod pod, Optional<String> container, String reason, String message) {
        recorder.record(about(pod, container), EventRecorder.WARNING, reason, message);
    }

    private static ObjectReference about(Pod pod, Optional<String> container) {
        ObjectReferenceBuilder reference = new ObjectReferenceBuilder(EventRecorder.reference(pod));
        container.ifPresent(name -> reference.withFieldPath("spec.containers{" + name + "}"));
        return reference.build();
    }
}
