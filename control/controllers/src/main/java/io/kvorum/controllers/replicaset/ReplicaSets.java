package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.kvorum.client.LabelSelectors;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and writes apps/v1 ReplicaSets. */
final class ReplicaSets implements Replicated<ReplicaSet> {
    @Override
    public Class<ReplicaSet> kind() {
        return ReplicaSet.class;
    }

    @Override
    public String kindName() {
        return "ReplicaSet";
    }

    @Override
    public int replicas(ReplicaSet object) {
        return Values.or(object.getSpec().getReplicas(), 1);
    }

    @Override
    public boolean selects(ReplicaSet object, Map<String, String> labels) {
        return LabelSelectors.matches(object.getSpec().getSelector(), labels);
    }

    @Override
    public PodTemplateSpec template(ReplicaSet object) {
        return object.getSpec().getTemplate();
    }

    @Override
    public int minReadySeconds(ReplicaSet object) {
        return Values.or(object.getSpec().getMinReadySeconds(), 0);
    }

    @Override
    public ReplicaStatus status(ReplicaSet object) {
        ReplicaSetStatus status = object.getStatus() == null ? new ReplicaSetStatus() : object.getStatus();
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
    public ReplicaSet withStatus(ReplicaSet object, ReplicaStatus status, String now) {
        return new ReplicaSetBuilder(object)
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

    private static List<ReplicaSetCondition> conditions(
            ReplicaSet object, Optional<ReplicaStatus.Failure> failure, String now) {
        List<ReplicaSetCondition> conditions = new ArrayList<>();
        if (object.getStatus() != null) {
            conditions.addAll(object.getStatus().getConditions());
        }
        conditions.removeIf(condition -> "ReplicaFailure".equals(condition.getType()));
        failure.ifPresent(why -> conditions.add(new ReplicaSetConditionBuilder()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withReason(why.reason())
                .withMessage(why.message())
                .withLastTransitionTime(now)
                .build()));
        return conditions;
    }
}
