package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerCondition;
import io.fabric8.kubernetes.api.model.ReplicationControllerConditionBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatus;
import io.kvorum.client.LabelSelectors;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and writes core/v1 ReplicationControllers. */
final class ReplicationControllers implements Replicated<ReplicationController> {
    @Override
    public Class<ReplicationController> kind() {
        return ReplicationController.class;
    }

    @Override
    public String kindName() {
        return "ReplicationController";
    }

    @Override
    public int replicas(ReplicationController object) {
        return Values.or(object.getSpec().getReplicas(), 1);
    }

    @Override
    public boolean selects(ReplicationController object, Map<String, String> labels) {
        Map<String, String> selector = Values.or(object.getSpec().getSelector());
        return !selector.isEmpty() && LabelSelectors.matches(selector, labels);
    }

    @Override
    public PodTemplateSpec template(ReplicationController object) {
        return object.getSpec().getTemplate();
    }

    @Override
    public int minReadySeconds(ReplicationController object) {
        return Values.or(object.getSpec().getMinReadySeconds(), 0);
    }

    @Override
    public ReplicaStatus status(ReplicationController object) {
        ReplicationControllerStatus status =
                object.getStatus() == null ? new ReplicationControllerStatus() : object.getStatus();
        return new ReplicaStatus(
                Values.or(status.getReplicas(), -1),
                Values.or(status.getFullyLabeledReplicas(), 0),
                Values.or(status.getReadyReplicas(), 0),
                Values.or(status.getAvailableReplicas(), 0),
                Values.or(status.getObservedGeneration(), 0L),
                status.getConditions().stream()
                        .filter(condition -> "ReplicaFailure".equals(condition.getType()))
                        .findFirst()
                        .map(condition -> new ReplicaStatus.Failure(condition.getReason(), condition.getMessage())));
    }

    @Override
    public ReplicationController withStatus(ReplicationController object, ReplicaStatus status, String now) {
        return new ReplicationControllerBuilder(object)
                .editOrNewStatus()
                .withReplicas(status.replicas())
                .withFullyLabeledReplicas(status.fullyLabeled())
                .withReadyReplicas(status.ready())
                .withAvailableReplicas(status.available())
                .withObservedGeneration(status.observedGeneration())
                .withConditions(conditions(object, status.failure(), now))
                .endStatus()
                .build();
    }

    private static List<ReplicationControllerCondition> conditions(
            ReplicationController object, Optional<ReplicaStatus.Failure> failure, String now) {
        List<ReplicationControllerCondition> conditions = new ArrayList<>();
        if (object.getStatus() != null) {
            conditions.addAll(object.getStatus().getConditions());
        }
        conditions.removeIf(condition -> "ReplicaFailure".equals(condition.getType()));
        failure.ifPresent(why -> conditions.add(new ReplicationControllerConditionBuilder()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withReason(why.reason())
                .withMessage(why.message())
                .withLastTransitionTime(now)
                .build()));
        return conditions;
    }
}
