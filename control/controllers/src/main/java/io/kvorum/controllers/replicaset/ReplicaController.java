package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.Claims;
import io.kvorum.controllers.Controller;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.Expectations;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.PodRank;
import io.kvorum.controllers.PodTemplates;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps as many active pods as an object of one replicated kind asks for. Reads that kind and pods; writes pods and the
 * kind's status.
 */
public final class ReplicaController<T extends HasMetadata> extends KeyedController {
    private static final int BURST = 500;

    private final Replicated<T> replicated;
    private final ControllerContext context;
    private final Informer<T> owners;
    private final Informer<Pod> pods;
    private final Claims claims;
    private final Expectations expectations = new Expectations();

    private ReplicaController(String name, Replicated<T> replicated, ControllerContext context) {
        super(name, 5);
        this.replicated = replicated;
        this.context = context;
        this.owners = context.informers().of(replicated.kind());
        this.pods = context.informers().of(Pod.class);
        this.claims = new Claims(context.api());
        follow(owners);
        pods.onChange(this::podChanged);
    }

    public static Controller ofReplicaSets(ControllerContext context) {
        return new ReplicaController<>("replicaset", new ReplicaSets(), context);
    }

    public static Controller ofReplicationControllers(ControllerContext context) {
        return new ReplicaController<>("replicationcontroller", new ReplicationControllers(), context);
    }

    private void podChanged(@Nullable Pod before, @Nullable Pod after) {
        Pod pod = newest(before, after);
        Optional<ObjectKey> owner = ownerOf(pod);
        if (owner.isPresent()) {
            if (before == null) {
                expectations.creationEnded(owner.get());
            }
            if (after == null || PodState.isDeleting(after)) {
                expectations.deletionEnded(owner.get(), pod.getMetadata().getUid());
            }
            enqueue(owner.get());
        } else if (after != null && Owners.controllerOf(after).isEmpty() && PodState.isActive(after)) {
            enqueueAdopters(after);
        }
        if (before != null && after != null) {
            ownerOf(before).filter(old -> !Optional.of(old).equals(owner)).ifPresent(this::enqueue);
        }
    }

    private Optional<ObjectKey> ownerOf(Pod pod) {
        return Owners.controllerOf(pod)
                .filter(owner -> owner.getKind().equals(replicated.kindName()))
                .map(OwnerReference::getName)
                .map(name -> new ObjectKey(pod.getMetadata().getNamespace(), name));
    }

    private void enqueueAdopters(Pod orphan) {
        Map<String, String> labels = Values.or(orphan.getMetadata().getLabels());
        owners.inNamespace(orphan.getMetadata().getNamespace()).stream()
                .filter(owner -> replicated.selects(owner, labels))
                .forEach(owner -> enqueue(ObjectKey.of(owner)));
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<T> found = owners.find(key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Result.done();
        }
        T owner = found.get();
        boolean isUpToDate = expectations.areMet(key);
        List<Pod> active = claims
                .settle(
                        owner,
                        pods.inNamespace(key.namespace()).stream()
                                .filter(pod -> !PodState.isFinished(pod))
                                .toList(),
                        pod -> replicated.selects(
                                owner, Values.or(pod.getMetadata().getLabels())))
                .stream()
                .filter(PodState::isActive)
                .toList();
        Optional<ReplicaStatus.Failure> failure = Optional.empty();
        boolean isDeleting = owner.getMetadata().getDeletionTimestamp() != null;
        if (isUpToDate && !isDeleting) {
            failure = bringToCount(key, owner, active);
        }
        ReplicaStatus status = status(owner, active, failure);
        report(owner, status);
        if (failure.isPresent() && !isDeleting) {
            throw new IllegalStateException(
                    "replicas of " + key + ": " + failure.get().message());
        }
        int wait = replicated.minReadySeconds(owner);
        return wait > 0 && status.ready() == replicated.replicas(owner) && status.available() != status.ready()
                ? Result.again(Duration.ofSeconds(wait))
                : Result.done();
    }

    private Optional<ReplicaStatus.Failure> bringToCount(ObjectKey key, T owner, List<Pod> active) {
        int missing = replicated.replicas(owner) - active.size();
        return missing > 0
                ? create(key, owner, Math.min(missing, BURST))
                : delete(key, owner, active, Math.min(-missing, BURST));
    }

    /** One after the other: the first refusal (a quota, a terminating namespace) saves the rest. */
    private Optional<ReplicaStatus.Failure> create(ObjectKey key, T owner, int count) {
        for (int created = 0; created < count; created++) {
            expectations.expectCreation(key);
            try {
                Pod pod = context.api().create(PodTemplates.pod(owner, replicated.template(owner)));
                context.events()
                        .normal(
                                owner,
                                "SuccessfulCreate",
                                "Created pod: " + pod.getMetadata().getName());
            } catch (KubernetesClientException e) {
                expectations.creationEnded(key);
                if (e.getCode() == 403
                        && e.getMessage() != null
                        && e.getMessage().contains("being terminated")) {
                    return Optional.empty();
                }
                context.events().warning(owner, "FailedCreate", "Error creating: " + e.getMessage());
                return Optional.of(new ReplicaStatus.Failure("FailedCreate", Values.or(e.getMessage(), "")));
            }
        }
        return Optional.empty();
    }

    private Optional<ReplicaStatus.Failure> delete(ObjectKey key, T owner, List<Pod> active, int count) {
        if (count == 0) {
            return Optional.empty();
        }
        for (Pod pod : PodRank.leastWantedFirst(active, active).subList(0, count)) {
            String uid = pod.getMetadata().getUid();
            expectations.expectDeletion(key, uid);
            try {
                if (context.api().delete(pod, ObjectApi.Dependents.BACKGROUND)) {
                    context.events()
                            .normal(
                                    owner,
                                    "SuccessfulDelete",
                                    "Deleted pod: " + pod.getMetadata().getName());
                } else {
                    expectations.deletionEnded(key, uid);
                }
            } catch (KubernetesClientException e) {
                expectations.deletionEnded(key, uid);
                context.events().warning(owner, "FailedDelete", "Error deleting: " + e.getMessage());
                return Optional.of(new ReplicaStatus.Failure("FailedDelete", Values.or(e.getMessage(), "")));
            }
        }
        return Optional.empty();
    }

    private ReplicaStatus status(T owner, List<Pod> active, Optional<ReplicaStatus.Failure> failure) {
        Instant now = context.clock().instant();
        Duration minReady = Duration.ofSeconds(replicated.minReadySeconds(owner));
        var template = replicated.template(owner);
        Map<String, String> wanted = template.getMetadata() == null
                ? Map.of()
                : Values.or(template.getMetadata().getLabels());
        return new ReplicaStatus(
                active.size(),
                (int) active.stream()
                        .filter(pod ->
                                LabelSelectors.matches(wanted, pod.getMetadata().getLabels()))
                        .count(),
                (int) active.stream().filter(PodState::isReady).count(),
                (int) active.stream()
                        .filter(pod -> PodState.isAvailable(pod, minReady, now))
                        .count(),
                Values.or(owner.getMetadata().getGeneration(), 0L),
                failure);
    }

    private void report(T owner, ReplicaStatus status) {
        if (status.equals(replicated.status(owner))) {
            return;
        }
        try {
            context.api().updateStatus(replicated.withStatus(owner, status, Values.now(context.clock())));
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
        }
    }
}
