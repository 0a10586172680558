package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.Claims;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.PodTemplates;
import io.kvorum.controllers.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Rolls Deployments out by growing and shrinking ReplicaSets. Reads Deployments, ReplicaSets and pods; writes
 * ReplicaSets, the Deployments' status and their revision annotation.
 */
public final class DeploymentController extends KeyedController {
    private static final int DEFAULT_HISTORY = 10;

    private final ControllerContext context;
    private final Informer<Deployment> deployments;
    private final Informer<ReplicaSet> replicaSets;
    private final Informer<Pod> pods;
    private final Claims claims;

    public DeploymentController(ControllerContext context) {
        super("deployment", 5);
        this.context = context;
        this.deployments = context.informers().of(Deployment.class);
        this.replicaSets = context.informers().of(ReplicaSet.class);
        this.pods = context.informers().of(Pod.class);
        this.claims = new Claims(context.api());
        follow(deployments);
        followOwners(replicaSets, "Deployment");
        replicaSets.onChange((before, after) -> {
            if (after != null && Owners.controllerOf(after).isEmpty()) {
                enqueueAdopters(after);
            }
        });
        pods.onChange((before, after) -> {
            if (after == null && before != null) {
                enqueueRecreating(before); // the last old pod's end lets the new ones start
            }
        });
    }

    private void enqueueAdopters(ReplicaSet orphan) {
        deployments.inNamespace(orphan.getMetadata().getNamespace()).stream()
                .filter(deployment -> LabelSelectors.matches(
                        deployment.getSpec().getSelector(), orphan.getMetadata().getLabels()))
                .forEach(deployment -> enqueue(ObjectKey.of(deployment)));
    }

    private void enqueueRecreating(Pod gone) {
        Owners.controllerOf(gone)
                .filter(owner -> owner.getKind().equals("ReplicaSet"))
                .flatMap(owner ->
                        replicaSets.find(new ObjectKey(gone.getMetadata().getNamespace(), owner.getName())))
                .flatMap(Owners::controllerOf)
                .flatMap(owner ->
                        deployments.find(new ObjectKey(gone.getMetadata().getNamespace(), owner.getName())))
                .filter(deployment -> !Rollout.isRolling(deployment))
                .ifPresent(deployment -> enqueue(ObjectKey.of(deployment)));
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Deployment> found = deployments.find(key);
        if (found.isEmpty() || LabelSelectors.matches(found.get().getSpec().getSelector(), Map.of())) {
            return Result.done(); // gone, or a selector that takes everything, which the API refuses
        }
        Deployment deployment = found.get();
        List<ReplicaSet> sets = claims.settle(
                deployment,
                replicaSets.inNamespace(key.namespace()),
                set -> LabelSelectors.matches(
                        deployment.getSpec().getSelector(), set.getMetadata().getLabels()));
        Optional<ReplicaSet> current = Revisions.current(deployment, sets);
        if (deployment.getMetadata().getDeletionTimestamp() != null) {
            return report(deployment, current, sets, Progress.counted(deployment, current, sets, now()));
        }
        if (Values.isTrue(deployment.getSpec().getPaused())) {
            return pause(deployment, current, sets);
        }
        if (isRescaled(deployment, sets)) {
            return rescale(deployment, current, sets);
        }
        return Rollout.isRolling(deployment) ? roll(deployment, current, sets) : recreate(deployment, current, sets);
    }

    private Result pause(Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> sets) {
        apply(deployment, sets, Rollout.rescale(deployment, current, without(sets, current)));
        DeploymentStatus status = Progress.counted(deployment, current, sets, now());
        boolean isTold = Progress.condition(status, Progress.PROGRESSING)
                .filter(condition -> "DeploymentPaused".equals(condition.getReason()))
                .isPresent();
        if (Progress.hasDeadline(deployment) && !isTold && !isTimedOut(status)) {
            status = Progress.with(
                    status, Progress.PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused", now());
        }
        return report(deployment, current, sets, status);
    }

    private static boolean isTimedOut(DeploymentStatus status) {
        return Progress.condition(status, Progress.PROGRESSING)
                .filter(condition -> Progress.TIMED_OUT.equals(condition.getReason()))
                .isPresent();
    }

    private Result rescale(Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> sets) {
        apply(deployment, sets, Rollout.rescale(deployment, current, without(sets, current)));
        for (ReplicaSet set : sets) {
            annotate(deployment, set, Revisions.of(set));
        }
        return report(deployment, current, sets, Progress.counted(deployment, current, sets, now()));
    }

    private Result roll(Deployment deployment, Optional<ReplicaSet> found, List<ReplicaSet> sets) {
        ReplicaSet current = currentOrNew(deployment, found, sets);
        List<ReplicaSet> old = without(sets, Optional.of(current));
        Rollout.Plan plan = Rollout.roll(deployment, current, old);
        apply(deployment, with(old, current), plan);
        return finish(deployment, current, old);
    }

    private Result recreate(Deployment deployment, Optional<ReplicaSet> found, List<ReplicaSet> sets) {
        List<ReplicaSet> old = without(sets, found);
        Map<String, Integer> counts = new LinkedHashMap<>();
        old.stream()
                .filter(set -> Rollout.count(set) > 0)
                .forEach(set -> counts.put(set.getMetadata().getName(), 0));
        if (!counts.isEmpty()) {
            apply(deployment, sets, new Rollout.Plan(counts));
            return report(deployment, found, sets, judged(deployment, found, sets));
        }
        boolean oldPodsLeft = old.stream()
                .anyMatch(set -> pods.controlledBy(set.getMetadata().getUid()).stream()
                        .anyMatch(pod -> !PodState.isFinished(pod)));
        if (oldPodsLeft) {
            return report(deployment, found, sets, judged(deployment, found, sets));
        }
        ReplicaSet current = currentOrNew(deployment, found, sets);
        int wanted = Rollout.replicas(deployment);
        if (Rollout.count(current) != wanted) {
            apply(
                    deployment,
                    List.of(current),
                    new Rollout.Plan(Map.of(current.getMetadata().getName(), wanted)));
        }
        return finish(deployment, current, old);
    }

    private Result finish(Deployment deployment, ReplicaSet current, List<ReplicaSet> old) {
        List<ReplicaSet> all = with(old, current);
        DeploymentStatus status = judged(deployment, Optional.of(current), all);
        if (Progress.isComplete(deployment, status)) {
            removeHistory(deployment, old);
        }
        return report(deployment, Optional.of(current), all, status);
    }

    private DeploymentStatus judged(Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> all) {
        return Progress.judged(deployment, Progress.counted(deployment, current, all, now()), current, now());
    }

    /** The present template's ReplicaSet, made or brought up to date; its revision is the newest. */
    private ReplicaSet currentOrNew(Deployment deployment, Optional<ReplicaSet> found, List<ReplicaSet> sets) {
        long revision = Revisions.highest(without(sets, found)) + 1;
        if (found.isPresent()) {
            long own = Math.max(revision, Revisions.of(found.get()));
            ReplicaSet current = annotate(deployment, found.get(), own);
            noteRevision(deployment, own);
            if (Progress.condition(Progress.before(deployment), Progress.PROGRESSING)
                    .isEmpty()) {
                noteProgress(deployment, "FoundNewReplicaSet", "Found new replica set", current);
            }
            return current;
        }
        ReplicaSet created = create(deployment, revision, Rollout.count(sets));
        context.events()
                .normal(
                        deployment,
                        "ScalingReplicaSet",
                        "Scaled up replica set %s from 0 to %d"
                                .formatted(created.getMetadata().getName(), Rollout.count(created)));
        noteRevision(deployment, revision);
        noteProgress(deployment, "NewReplicaSetCreated", "Created new replica set", created);
        return created;
    }

    private ReplicaSet create(Deployment deployment, long revision, int total) {
        String hash = PodTemplates.hash(
                deployment.getSpec().getTemplate(), Progress.before(deployment).getCollisionCount());
        ReplicaSet wanted = wanted(deployment, hash, revision, Rollout.nextOfCurrent(deployment, 0, total));
        try {
            return context.api().create(wanted);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                context.events()
                        .warning(
                                deployment,
                                "ReplicaSetCreateError",
                                "Failed to create new replica set: " + e.getMessage());
                throw e;
            }
            return existingOrCollision(deployment, wanted);
        }
    }

    /** The name is taken: by our own earlier write, or by a template with the same hash. */
    private ReplicaSet existingOrCollision(Deployment deployment, ReplicaSet wanted) {
        Optional<ReplicaSet> existing = context.api()
                .find(ReplicaSet.class, ObjectKey.of(wanted))
                .filter(set -> Owners.isControlledBy(set, deployment))
                .filter(set -> PodTemplates.areEqual(
                        set.getSpec().getTemplate(), wanted.getSpec().getTemplate(), Revisions.HASH_LABEL));
        if (existing.isPresent()) {
            return existing.get();
        }
        context.api()
                .changeStatus(
                        Deployment.class,
                        ObjectKey.of(deployment),
                        live -> new DeploymentBuilder(live)
                                .editOrNewStatus()
                                .withCollisionCount(
                                        Values.or(Progress.before(live).getCollisionCount(), 0) + 1)
                                .endStatus()
                                .build());
        throw new IllegalStateException(
                "the name " + wanted.getMetadata().getName() + " is taken by another template; trying the next hash");
    }

    private ReplicaSet wanted(Deployment deployment, String hash, long revision, int count) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (deployment.getSpec().getTemplate().getMetadata() != null) {
            labels.putAll(PodTemplates.copy(
                    deployment.getSpec().getTemplate().getMetadata().getLabels()));
        }
        labels.put(Revisions.HASH_LABEL, hash);
        int desired = Rollout.replicas(deployment);
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(deployment.getMetadata().getNamespace())
                .withName(deployment.getMetadata().getName() + "-" + hash)
                .withLabels(labels)
                .withAnnotations(Revisions.annotations(
                        deployment, Map.of(), revision, desired, desired + Rollout.maxSurge(deployment)))
                .withOwnerReferences(Owners.controllerReference(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(count)
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withNewSelectorLike(deployment.getSpec().getSelector())
                .addToMatchLabels(Revisions.HASH_LABEL, hash)
                .endSelector()
                .withNewTemplateLike(deployment.getSpec().getTemplate())
                .editOrNewMetadata()
                .addToLabels(Revisions.HASH_LABEL, hash)
                .endMetadata()
                .endTemplate()
                .endSpec()
                .build();
    }

    private ReplicaSet annotate(Deployment deployment, ReplicaSet set, long revision) {
        int desired = Rollout.replicas(deployment);
        Map<String, String> present = Values.or(set.getMetadata().getAnnotations());
        Map<String, String> wanted =
                Revisions.annotations(deployment, present, revision, desired, desired + Rollout.maxSurge(deployment));
        boolean sameReadiness = Values.or(set.getSpec().getMinReadySeconds(), 0)
                == Values.or(deployment.getSpec().getMinReadySeconds(), 0);
        if (wanted.equals(present) && sameReadiness) {
            return set;
        }
        return context.api()
                .update(new ReplicaSetBuilder(set)
                        .editMetadata()
                        .withAnnotations(wanted)
                        .endMetadata()
                        .editSpec()
                        .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                        .endSpec()
                        .build());
    }

    private void noteRevision(Deployment deployment, long revision) {
        if (Revisions.of(deployment) != revision) {
            context.api()
                    .mergePatch(
                            Deployment.class,
                            ObjectKey.of(deployment),
                            "{\"metadata\":{\"annotations\":{\"%s\":\"%d\"}}}".formatted(Revisions.REVISION, revision));
        }
    }

    private void noteProgress(Deployment deployment, String reason, String words, ReplicaSet set) {
        if (Progress.hasDeadline(deployment)) {
            String message = words + " \"" + set.getMetadata().getName() + "\"";
            context.api()
                    .changeStatus(
                            Deployment.class,
                            ObjectKey.of(deployment),
                            live -> new DeploymentBuilder(live)
                                    .withStatus(Progress.with(
                                            Progress.before(live),
                                            Progress.PROGRESSING,
                                            "True",
                                            reason,
                                            message,
                                            now()))
                                    .build());
        }
    }

    private void apply(Deployment deployment, List<ReplicaSet> sets, Rollout.Plan plan) {
        plan.replicas()
                .forEach((name, count) -> sets.stream()
                        .filter(set -> set.getMetadata().getName().equals(name))
                        .filter(set -> Rollout.count(set) != count)
                        .forEach(set -> scale(deployment, set, count)));
    }

    private void scale(Deployment deployment, ReplicaSet set, int count) {
        int desired = Rollout.replicas(deployment);
        context.api()
                .update(new ReplicaSetBuilder(set)
                        .editMetadata()
                        .addToAnnotations(Revisions.DESIRED, Integer.toString(desired))
                        .addToAnnotations(Revisions.MAX, Integer.toString(desired + Rollout.maxSurge(deployment)))
                        .endMetadata()
                        .editSpec()
                        .withReplicas(count)
                        .endSpec()
                        .build());
        context.events()
                .normal(
                        deployment,
                        "ScalingReplicaSet",
                        "Scaled %s replica set %s from %d to %d"
                                .formatted(
                                        count > Rollout.count(set) ? "up" : "down",
                                        set.getMetadata().getName(),
                                        Rollout.count(set),
                                        count));
    }

    private void removeHistory(Deployment deployment, List<ReplicaSet> old) {
        int kept = Values.or(deployment.getSpec().getRevisionHistoryLimit(), DEFAULT_HISTORY);
        List<ReplicaSet> empty = old.stream()
                .filter(set -> set.getMetadata().getDeletionTimestamp() == null)
                .filter(set -> Rollout.count(set) == 0 && Rollout.running(List.of(set)) == 0)
                .sorted(Comparator.comparingLong(Revisions::of))
                .toList();
        for (ReplicaSet set : empty.subList(0, Math.max(0, empty.size() - kept))) {
            context.api().delete(set, ObjectApi.Dependents.BACKGROUND);
        }
    }

    private Result report(
            Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> all, DeploymentStatus judged) {
        DeploymentStatus status = withReplicaFailure(judged, current, all);
        if (!status.equals(deployment.getStatus())) {
            context.api()
                    .changeStatus(
                            Deployment.class,
                            ObjectKey.of(deployment),
                            live -> new DeploymentBuilder(live)
                                    .withStatus(keepingNewer(live, deployment, status))
                                    .build());
        }
        return Progress.untilDeadline(deployment, status, now())
                .map(Result::again)
                .orElse(Result.done());
    }

    /** A note of progress written a moment ago must not be overwritten by the older copy this status grew from. */
    private static DeploymentStatus keepingNewer(Deployment live, Deployment seen, DeploymentStatus status) {
        var written = Progress.condition(Progress.before(live), Progress.PROGRESSING);
        var known = Progress.condition(Progress.before(seen), Progress.PROGRESSING);
        var judged = Progress.condition(status, Progress.PROGRESSING);
        boolean isUntouched = judged.equals(known);
        if (isUntouched && written.isPresent() && !written.equals(known)) {
            DeploymentStatus rest = Progress.without(status, Progress.PROGRESSING);
            List<DeploymentCondition> conditions = new ArrayList<>(rest.getConditions());
            conditions.add(written.get());
            rest.setConditions(conditions);
            rest.setCollisionCount(Progress.before(live).getCollisionCount());
            return rest;
        }
        DeploymentStatus copy = Progress.status(status);
        copy.setCollisionCount(Progress.before(live).getCollisionCount());
        return copy;
    }

    private DeploymentStatus withReplicaFailure(
            DeploymentStatus status, Optional<ReplicaSet> current, List<ReplicaSet> all) {
        List<ReplicaSet> first = current.map(List::of).orElse(List.of());
        return Stream.concat(first.stream(), all.stream())
                .filter(set -> set.getStatus() != null)
                .flatMap(set -> set.getStatus().getConditions().stream())
                .filter(condition -> "ReplicaFailure".equals(condition.getType()))
                .findFirst()
                .map(failure -> Progress.with(
                        status,
                        "ReplicaFailure",
                        failure.getStatus(),
                        Values.or(failure.getReason(), ""),
                        Values.or(failure.getMessage(), ""),
                        now()))
                .orElseGet(() -> Progress.without(status, "ReplicaFailure"));
    }

    private static boolean isRescaled(Deployment deployment, List<ReplicaSet> sets) {
        String desired = Integer.toString(Rollout.replicas(deployment));
        return sets.stream()
                .filter(set -> Rollout.count(set) > 0)
                .map(set -> Values.or(set.getMetadata().getAnnotations()).get(Revisions.DESIRED))
                .anyMatch(known -> known != null && !known.equals(desired));
    }

    private static List<ReplicaSet> without(List<ReplicaSet> sets, Optional<ReplicaSet> one) {
        return sets.stream()
                .filter(set -> one.isEmpty()
                        || !set.getMetadata()
                                .getUid()
                                .equals(one.get().getMetadata().getUid()))
                .toList();
    }

    private static List<ReplicaSet> with(List<ReplicaSet> sets, ReplicaSet one) {
        List<ReplicaSet> all = new ArrayList<>(sets);
        all.add(one);
        return all;
    }

    private Instant now() {
        return context.clock().instant();
    }
}
