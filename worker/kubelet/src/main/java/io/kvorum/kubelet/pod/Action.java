package io.kvorum.kubelet.pod;

import java.time.Duration;

/** One thing to do for a pod. */
sealed interface Action {
    /** Makes cgroup, volumes and a sandbox. */
    record CreateSandbox(int attempt) implements Action {}

    record StopSandbox(String id) implements Action {}

    /** Removes a stopped sandbox with its containers. */
    record RemoveSandbox(String id) implements Action {}

    /** Creates and starts a container; {@code nextBackoff} is what its next end will wait. */
    record StartContainer(String name, int attempt, String sandboxId, Duration nextBackoff) implements Action {}

    /** Runs the preStop hook and stops a container; goes on while other things happen. */
    record StopContainer(ObservedContainer container, Duration grace, String why) implements Action {}

    record RemoveContainer(ObservedContainer container) implements Action {}

    /** Unmounts volumes and removes the pod's folder and cgroup. */
    record TearDown() implements Action {}

    /** Says to the API that nothing of the pod is left, so that its object can go. */
    record Conclude() implements Action {}
}
