package io.kvorum.client;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a pod's status says, in the words the control loops ask in. Pure functions. */
public final class PodState {
    private PodState() {}

    public static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? ""
                : pod.getStatus().getPhase();
    }

    public static boolean isDeleting(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** Succeeded or failed: its containers will not run again. */
    public static boolean isFinished(Pod pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** Neither finished nor on its way out. */
    public static boolean isActive(Pod pod) {
        return !isFinished(pod) && !isDeleting(pod);
    }

    public static boolean isScheduled(Pod pod) {
        return pod.getSpec() != null
                && pod.getSpec().getNodeName() != null
                && !pod.getSpec().getNodeName().isEmpty();
    }

    public static boolean isReady(Pod pod) {
        return condition(pod, "Ready")
                .map(ready -> "True".equals(ready.getStatus()))
                .orElse(false);
    }

    public static Optional<Instant> readySince(Pod pod) {
        return condition(pod, "Ready")
                .filter(ready -> "True".equals(ready.getStatus()) && ready.getLastTransitionTime() != null)
                .map(ready -> Instant.parse(ready.getLastTransitionTime()));
    }

    /** Ready for at least this long. */
    public static boolean isAvailable(Pod pod, Duration minimum, Instant now) {
        if (!isReady(pod)) {
            return false;
        }
        return minimum.isZero()
                || readySince(pod)
                        .map(since -> !since.plus(minimum).isAfter(now))
                        .orElse(false);
    }

    public static Optional<PodCondition> condition(Pod pod, String type) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }
}
