package io.kvorum.controllers.disruption;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatusBuilder;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.IntOrPercent;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps the numbers of PodDisruptionBudgets. Reads budgets, pods and what controls them; writes the budgets' status. */
public final class DisruptionController extends KeyedController {
    private static final Duration FORGET_EVICTION = Duration.ofMinutes(2);

    private final ControllerContext context;
    private final Informer<PodDisruptionBudget> budgets;
    private final Informer<Pod> pods;
    private final Informer<ReplicaSet> replicaSets;
    private final Informer<Deployment> deployments;
    private final Informer<StatefulSet> statefulSets;
    private final Informer<ReplicationController> replicationControllers;

    public DisruptionController(ControllerContext context) {
        super("disruption", 1);
        this.context = context;
        this.budgets = context.informers().of(PodDisruptionBudget.class);
        this.pods = context.informers().of(Pod.class);
        this.replicaSets = context.informers().of(ReplicaSet.class);
        this.deployments = context.informers().of(Deployment.class);
        this.statefulSets = context.informers().of(StatefulSet.class);
        this.replicationControllers = context.informers().of(ReplicationController.class);
        follow(budgets);
        pods.onChange((before, after) -> {
            Pod pod = newest(before, after);
            budgets.inNamespace(pod.getMetadata().getNamespace()).stream()
                    .filter(budget -> LabelSelectors.matches(
                            budget.getSpec().getSelector(), pod.getMetadata().getLabels()))
                    .forEach(budget -> enqueue(ObjectKey.of(budget)));
        });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<PodDisruptionBudget> found = budgets.find(key);
        if (found.isEmpty() || found.get().getMetadata().getDeletionTimestamp() != null) {
            return Result.done();
        }
        PodDisruptionBudget budget = found.get();
        List<Pod> mine = pods.inNamespace(key.namespace()).stream()
                .filter(pod -> !PodState.isFinished(pod))
                .filter(pod -> LabelSelectors.matches(
                        budget.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .toList();
        Map<String, String> evicted = stillEvicted(budget, mine);
        int healthy = (int) mine.stream()
                .filter(pod -> PodState.isReady(pod) && !PodState.isDeleting(pod))
                .filter(pod -> !evicted.containsKey(pod.getMetadata().getName()))
                .count();
        int expected = expected(budget, mine);
        int desired = desired(budget, expected);
        int allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
        write(budget, evicted, new int[] {healthy, desired, expected, allowed});
        return evicted.isEmpty() ? Result.done() : Result.again(FORGET_EVICTION);
    }

    private static int expected(PodDisruptionBudget budget, List<Pod> mine, Map<String, Integer> scales) {
        boolean isPlainCount = budget.getSpec().getMaxUnavailable() == null
                && budget.getSpec().getMinAvailable() != null
                && budget.getSpec().getMinAvailable().getIntVal() != null;
        return isPlainCount
                ? mine.size()
                : scales.values().stream().mapToInt(Integer::intValue).sum();
    }

    private int expected(PodDisruptionBudget budget, List<Pod> mine) {
        Map<String, Integer> scales = new TreeMap<>();
        mine.forEach(pod -> Owners.controllerOf(pod)
                .ifPresent(owner -> scale(pod.getMetadata().getNamespace(), owner, scales)));
        return expected(budget, mine, scales);
    }

    /** How many pods the controller in charge wants, each controller counted once. */
    private void scale(String namespace, OwnerReference owner, Map<String, Integer> scales) {
        ObjectKey key = new ObjectKey(namespace, owner.getName());
        switch (owner.getKind()) {
            case "ReplicaSet" ->
                replicaSets.find(key).ifPresent(set -> {
                    Optional<Deployment> deployment = Owners.controllerOf(set)
                            .filter(above -> above.getKind().equals("Deployment"))
                            .flatMap(above -> deployments.find(new ObjectKey(namespace, above.getName())));
                    if (deployment.isPresent()) {
                        scales.put(
                                deployment.get().getMetadata().getUid(),
                                Values.or(deployment.get().getSpec().getReplicas(), 1));
                    } else {
                        scales.put(owner.getUid(), Values.or(set.getSpec().getReplicas(), 1));
                    }
                });
            case "StatefulSet" ->
                statefulSets
                        .find(key)
                        .ifPresent(set -> scales.put(
                                owner.getUid(), Values.or(set.getSpec().getReplicas(), 1)));
            case "ReplicationController" ->
                replicationControllers
                        .find(key)
                        .ifPresent(set -> scales.put(
                                owner.getUid(), Values.or(set.getSpec().getReplicas(), 1)));
            default -> {}
        }
    }

    private static int desired(PodDisruptionBudget budget, int expected) {
        IntOrString most = budget.getSpec().getMaxUnavailable();
        if (most != null) {
            return Math.max(0, expected - IntOrPercent.roundedUp(most, expected, "0"));
        }
        return IntOrPercent.roundedUp(budget.getSpec().getMinAvailable(), expected, "0");
    }

    /** Evictions the API server noted a moment ago and whose pods are not yet on their way out. */
    private Map<String, String> stillEvicted(PodDisruptionBudget budget, List<Pod> mine) {
        Map<String, String> evicted = new LinkedHashMap<>();
        Instant now = context.clock().instant();
        if (budget.getStatus() != null) {
            Values.or(budget.getStatus().getDisruptedPods()).forEach((name, at) -> {
                boolean isLiving = mine.stream()
                        .anyMatch(pod -> pod.getMetadata().getName().equals(name) && !PodState.isDeleting(pod));
                if (isLiving && Values.time(at).plus(FORGET_EVICTION).isAfter(now)) {
                    evicted.put(name, at);
                }
            });
        }
        return evicted;
    }

    private void write(PodDisruptionBudget budget, Map<String, String> evicted, int[] numbers) {
        PodDisruptionBudgetStatus before =
                budget.getStatus() == null ? new PodDisruptionBudgetStatus() : budget.getStatus();
        PodDisruptionBudgetStatus status = new PodDisruptionBudgetStatusBuilder(before)
                .withCurrentHealthy(numbers[0])
                .withDesiredHealthy(numbers[1])
                .withExpectedPods(numbers[2])
                .withDisruptionsAllowed(numbers[3])
                .withDisruptedPods(evicted.isEmpty() ? null : evicted)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withConditions(condition(budget, before, numbers[3] > 0))
                .build();
        if (!status.equals(before)) {
            context.api()
                    .updateStatus(new PodDisruptionBudgetBuilder(budget)
                            .withStatus(status)
                            .build());
        }
    }

    private Condition condition(PodDisruptionBudget budget, PodDisruptionBudgetStatus before, boolean allowed) {
        String value = allowed ? "True" : "False";
        String since = before.getConditions().stream()
                .filter(known -> "DisruptionAllowed".equals(known.getType()) && value.equals(known.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(Values.now(context.clock()));
        return new ConditionBuilder()
                .withType("DisruptionAllowed")
                .withStatus(value)
                .withReason(allowed ? "SufficientPods" : "InsufficientPods")
                .withMessage("")
                .withLastTransitionTime(since)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .build();
    }
}
