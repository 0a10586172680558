package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.kvorum.client.PodState;
import io.kvorum.controllers.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads a Job's wishes and its pods' marks. Pure functions. */
final class Jobs {
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";
    static final String INDEX = "batch.kubernetes.io/job-completion-index";

    private Jobs() {}

    static int parallelism(Job job) {
        return Values.or(job.getSpec().getParallelism(), 1);
    }

    static OptionalInt completions(Job job) {
        Integer wanted = job.getSpec().getCompletions();
        return wanted == null ? OptionalInt.empty() : OptionalInt.of(wanted);
    }

    static boolean isIndexed(Job job) {
        return "Indexed".equals(job.getSpec().getCompletionMode());
    }

    static boolean isSuspended(Job job) {
        return Values.isTrue(job.getSpec().getSuspend());
    }

    static JobStatus status(Job job) {
        return job.getStatus() == null ? new JobStatus() : job.getStatus();
    }

    /** Complete or failed for good. */
    static boolean isFinished(Job job) {
        return isTrue(status(job), "Complete") || isTrue(status(job), "Failed");
    }

    static boolean isTrue(JobStatus status, String type) {
        return condition(status, type)
                .filter(condition -> "True".equals(condition.getStatus()))
                .isPresent();
    }

    static Optional<JobCondition> condition(JobStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    static JobStatus with(JobStatus status, String type, String value, String reason, String message, Instant now) {
        Optional<JobCondition> known = condition(status, type);
        if (known.filter(condition ->
                        value.equals(condition.getStatus()) && reason.equals(Values.or(condition.getReason(), "")))
                .isPresent()) {
            return status;
        }
        List<JobCondition> all = new ArrayList<>(status.getConditions());
        all.removeIf(condition -> type.equals(condition.getType()));
        all.add(new JobConditionBuilder()
                .withType(type)
                .withStatus(value)
                .withReason(reason)
                .withMessage(message)
                .withLastProbeTime(Values.text(now))
                .withLastTransitionTime(Values.text(now))
                .build());
        return new JobStatusBuilder(status).withConditions(all).build();
    }

    static OptionalInt index(Pod pod) {
        String text = Values.or(pod.getMetadata().getAnnotations()).get(INDEX);
        try {
            return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    static boolean isTracked(Pod pod) {
        return pod.getMetadata().getFinalizers().contains(FINALIZER);
    }

    static boolean isSucceeded(Pod pod) {
        return PodState.phase(pod).equals("Succeeded");
    }

    /** Failed, or taken away before it could end: both count against the back-off limit. */
    static boolean isFailed(Pod pod) {
        return PodState.phase(pod).equals("Failed") || (PodState.isDeleting(pod) && !isSucceeded(pod));
    }

    /** How often the containers of a running pod were started again. */
    static int restarts(Pod pod) {
        if (pod.getStatus() == null || PodState.isFinished(pod)) {
            return 0;
        }
        int sum = 0;
        for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
            sum += Values.or(container.getRestartCount(), 0);
        }
        for (ContainerStatus container : pod.getStatus().getInitContainerStatuses()) {
            sum += Values.or(container.getRestartCount(), 0);
        }
        return sum;
    }

    /** When the pod's last container ended. */
    static Instant finishedAt(Pod pod) {
        Instant latest = Values.time(pod.getMetadata().getDeletionTimestamp());
        if (pod.getStatus() != null) {
            for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
                if (container.getState() != null && container.getState().getTerminated() != null) {
                    Instant at =
                            Values.time(container.getState().getTerminated().getFinishedAt());
                    latest = at.isAfter(latest) ? at : latest;
                }
            }
        }
        return latest;
    }
}
