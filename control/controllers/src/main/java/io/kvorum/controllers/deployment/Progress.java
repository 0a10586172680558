package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Deployment's status: counts, and conditions with the reasons {@code kubectl rollout status} reads. Pure functions. */
final class Progress {
    static final String PROGRESSING = "Progressing";
    static final String AVAILABLE = "NewReplicaSetAvailable";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";
    private static final int NO_DEADLINE = Integer.MAX_VALUE;

    private Progress() {}

    static DeploymentStatus status(DeploymentStatus before) {
        return new DeploymentStatusBuilder(before).build();
    }

    static DeploymentStatus before(Deployment deployment) {
        return deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
    }

    /** The counts as they are now, with the conditions of before and Available decided. */
    static DeploymentStatus counted(
            Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> all, Instant now) {
        int total = Rollout.running(all);
        int available = Rollout.available(all);
        boolean enough = available >= Rollout.replicas(deployment) - Rollout.maxUnavailable(deployment);
        DeploymentStatus before = before(deployment);
        DeploymentStatus counted = new DeploymentStatusBuilder(before)
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(total)
                .withUpdatedReplicas(
                        current.map(set -> Rollout.running(List.of(set))).orElse(0))
                .withReadyReplicas(all.stream()
                        .mapToInt(set -> set.getStatus() == null
                                ? 0
                                : Values.or(set.getStatus().getReadyReplicas(), 0))
                        .sum())
                .withAvailableReplicas(available)
                .withUnavailableReplicas(Math.max(0, Rollout.count(all) - available))
                .build();
        return enough
                ? with(
                        counted,
                        "Available",
                        "True",
                        "MinimumReplicasAvailable",
                        "Deployment has minimum availability.",
                        now)
                : with(
                        counted,
                        "Available",
                        "False",
                        "MinimumReplicasUnavailable",
                        "Deployment does not have minimum availability.",
                        now);
    }

    /** Adds what is known about the rollout: done, going on, or out of time. */
    static DeploymentStatus judged(
            Deployment deployment, DeploymentStatus counted, Optional<ReplicaSet> current, Instant now) {
        if (!hasDeadline(deployment)) {
            return without(counted, PROGRESSING);
        }
        Optional<DeploymentCondition> known = condition(counted, PROGRESSING);
        boolean wasDone = isEqual(counted.getReplicas(), counted.getUpdatedReplicas())
                && known.filter(condition -> AVAILABLE.equals(condition.getReason()))
                        .isPresent();
        if (wasDone) {
            return counted;
        }
        String what = current.map(set -> "ReplicaSet \"" + set.getMetadata().getName() + "\"")
                .orElse("Deployment \"" + deployment.getMetadata().getName() + "\"");
        if (isComplete(deployment, counted)) {
            return with(counted, PROGRESSING, "True", AVAILABLE, what + " has successfully progressed.", now);
        }
        if (hasProgressed(before(deployment), counted)) {
            return renewed(counted, known, what + " is progressing.", now);
        }
        if (isOutOfTime(deployment, known, now)) {
            return with(counted, PROGRESSING, "False", TIMED_OUT, what + " has timed out progressing.", now);
        }
        return counted;
    }

    /** When a rollout that makes no progress runs out of time, if it can. */
    static Optional<Duration> untilDeadline(Deployment deployment, DeploymentStatus status, Instant now) {
        Optional<DeploymentCondition> known = condition(status, PROGRESSING);
        if (!hasDeadline(deployment)
                || known.isEmpty()
                || isComplete(deployment, status)
                || TIMED_OUT.equals(known.get().getReason())) {
            return Optional.empty();
        }
        Instant deadline = Values.time(known.get().getLastUpdateTime())
                .plusSeconds(Values.or(deployment.getSpec().getProgressDeadlineSeconds(), 600));
        Duration left = Duration.between(now, deadline);
        return Optional.of(left.isNegative() ? Duration.ofSeconds(1) : left.plusSeconds(1));
    }

    static boolean hasDeadline(Deployment deployment) {
        return Values.or(deployment.getSpec().getProgressDeadlineSeconds(), NO_DEADLINE) != NO_DEADLINE;
    }

    static boolean isComplete(Deployment deployment, DeploymentStatus status) {
        int wanted = Rollout.replicas(deployment);
        return Values.or(status.getUpdatedReplicas(), 0) == wanted
                && Values.or(status.getReplicas(), 0) == wanted
                && Values.or(status.getAvailableReplicas(), 0) == wanted
                && Values.or(status.getObservedGeneration(), 0L)
                        >= Values.or(deployment.getMetadata().getGeneration(), 0L);
    }

    private static boolean hasProgressed(DeploymentStatus before, DeploymentStatus after) {
        int oldBefore = Values.or(before.getReplicas(), 0) - Values.or(before.getUpdatedReplicas(), 0);
        int oldAfter = Values.or(after.getReplicas(), 0) - Values.or(after.getUpdatedReplicas(), 0);
        return Values.or(after.getUpdatedReplicas(), 0) > Values.or(before.getUpdatedReplicas(), 0)
                || oldAfter < oldBefore
                || Values.or(after.getReadyReplicas(), 0) > Values.or(before.getReadyReplicas(), 0)
                || Values.or(after.getAvailableReplicas(), 0) > Values.or(before.getAvailableReplicas(), 0);
    }

    private static boolean isOutOfTime(Deployment deployment, Optional<DeploymentCondition> known, Instant now) {
        if (known.isEmpty() || AVAILABLE.equals(known.get().getReason())) {
            return false;
        }
        if (TIMED_OUT.equals(known.get().getReason())) {
            return true;
        }
        long seconds = Values.or(deployment.getSpec().getProgressDeadlineSeconds(), 600);
        return now.isAfter(Values.time(known.get().getLastUpdateTime()).plusSeconds(seconds));
    }

    private static DeploymentStatus renewed(
            DeploymentStatus status, Optional<DeploymentCondition> known, String message, Instant now) {
        String since = known.filter(condition -> "True".equals(condition.getStatus()))
                .map(DeploymentCondition::getLastTransitionTime)
                .orElse(Values.text(now));
        return replaced(status, PROGRESSING, condition(PROGRESSING, "True", "ReplicaSetUpdated", message, since, now));
    }

    static Optional<DeploymentCondition> condition(DeploymentStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    /** Sets a condition; one with the same status and reason keeps its times. */
    static DeploymentStatus with(
            DeploymentStatus status, String type, String value, String reason, String message, Instant now) {
        Optional<DeploymentCondition> known = condition(status, type);
        boolean sameValue =
                known.filter(condition -> value.equals(condition.getStatus())).isPresent();
        if (sameValue && reason.equals(known.get().getReason())) {
            return status;
        }
        String since = sameValue ? known.get().getLastTransitionTime() : Values.text(now);
        return replaced(status, type, condition(type, value, reason, message, since, now));
    }

    static DeploymentStatus without(DeploymentStatus status, String type) {
        List<DeploymentCondition> rest = new ArrayList<>(status.getConditions());
        rest.removeIf(condition -> type.equals(condition.getType()));
        return new DeploymentStatusBuilder(status).withConditions(rest).build();
    }

    private static DeploymentStatus replaced(DeploymentStatus status, String type, DeploymentCondition condition) {
        List<DeploymentCondition> all = new ArrayList<>(without(status, type).getConditions());
        all.add(condition);
        return new DeploymentStatusBuilder(status).withConditions(all).build();
    }

    private static DeploymentCondition condition(
            String type, String value, String reason, String message, String since, Instant now) {
        return new DeploymentConditionBuilder()
                .withType(type)
                .withStatus(value)
                .withReason(reason)
                .withMessage(message)
                .withLastUpdateTime(Values.text(now))
                .withLastTransitionTime(since)
                .build();
    }

    private static boolean isEqual(Integer one, Integer other) {
        return Values.or(one, 0) == Values.or(other, 0);
    }
}
