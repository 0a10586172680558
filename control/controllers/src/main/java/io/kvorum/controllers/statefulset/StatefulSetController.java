package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.Claims;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.Expectations;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.TemplateHistory;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pods with numbers: made in order, removed and updated in reverse. Reads StatefulSets, pods, revisions; writes
 * pods, claims, revisions and the sets' status.
 */
public final class StatefulSetController extends KeyedController {
    private final ControllerContext context;
    private final Informer<StatefulSet> sets;
    private final Informer<Pod> pods;
    private final TemplateHistory history;
    private final Claims claims;
    private final Expectations expectations = new Expectations();

    public StatefulSetController(ControllerContext context) {
        super("statefulset", 3);
        this.context = context;
        this.sets = context.informers().of(StatefulSet.class);
        this.pods = context.informers().of(Pod.class);
        this.history = new TemplateHistory(context.api(), context.informers().of(ControllerRevision.class));
        this.claims = new Claims(context.api());
        follow(sets);
        pods.onChange(this::podChanged);
    }

    private void podChanged(@Nullable Pod before, @Nullable Pod after) {
        Pod pod = newest(before, after);
        Owners.controllerOf(pod)
                .filter(owner -> owner.getKind().equals("StatefulSet"))
                .map(owner -> new ObjectKey(pod.getMetadata().getNamespace(), owner.getName()))
                .ifPresent(key -> {
                    if (before == null) {
                        expectations.creationEnded(key);
                    }
                    if (after == null || PodState.isDeleting(after)) {
                        expectations.deletionEnded(key, pod.getMetadata().getUid());
                    }
                    enqueue(key);
                });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<StatefulSet> found = sets.find(key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Result.done();
        }
        StatefulSet set = found.get();
        if (set.getMetadata().getDeletionTimestamp() != null) {
            return Result.done();
        }
        NavigableMap<Integer, Pod> mine = new TreeMap<>();
        claims.settle(
                        set,
                        pods.inNamespace(key.namespace()),
                        pod -> Identity.ordinal(set, pod) >= 0
                                && LabelSelectors.matches(
                                        set.getSpec().getSelector(),
                                        pod.getMetadata().getLabels()))
                .forEach(pod -> mine.put(Identity.ordinal(set, pod), pod));
        ControllerRevision update = history.current(
                set, set.getSpec().getTemplate(), set.getSpec().getSelector().getMatchLabels());
        Round round = new Round(key, set, mine, update);
        if (expectations.areMet(key)) {
            round.play();
        }
        round.report();
        round.prune();
        int wait = Values.or(set.getSpec().getMinReadySeconds(), 0);
        return wait > 0 ? Result.again(Duration.ofSeconds(wait)) : Result.done();
    }

    /** One look at one set. */
    private final class Round {
        private final ObjectKey key;
        private final StatefulSet set;
        private final NavigableMap<Integer, Pod> mine;
        private final ControllerRevision update;
        private final String currentName;
        private final int first;
        private final int end;
        private final boolean inOrder;

        Round(ObjectKey key, StatefulSet set, NavigableMap<Integer, Pod> mine, ControllerRevision update) {
            this.key = key;
            this.set = set;
            this.mine = mine;
            this.update = update;
            String known = set.getStatus() == null ? null : set.getStatus().getCurrentRevision();
            this.currentName =
                    known == null || known.isEmpty() ? update.getMetadata().getName() : known;
            this.first = set.getSpec().getOrdinals() == null
                    ? 0
                    : Values.or(set.getSpec().getOrdinals().getStart(), 0);
            this.end = first + Values.or(set.getSpec().getReplicas(), 1);
            this.inOrder = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
        }

        /** Does the next step; in order means: one step, and only when the one before it is done. */
        void play() {
            if (grow() && shrink()) {
                roll();
            }
        }

        private boolean grow() {
            for (int ordinal = first; ordinal < end; ordinal++) {
                Pod pod = mine.get(ordinal);
                boolean goesOn = pod == null ? create(ordinal) : tend(pod);
                if (!goesOn && inOrder) {
                    return false;
                }
            }
            return true;
        }

        /** False while the others have to wait for this one. */
        private boolean create(int ordinal) {
            for (var claim : Identity.claims(set, ordinal)) {
                context.api().createIfAbsent(claim);
            }
            boolean isOld = ordinal < first + partition()
                    && !currentName.equals(update.getMetadata().getName());
            Optional<PodTemplateSpec> old =
                    isOld ? history.template(new ObjectKey(key.namespace(), currentName)) : Optional.empty();
            String hash = old.isPresent() ? hashOf(currentName) : TemplateHistory.hash(update);
            Pod pod = Identity.pod(set, old.orElse(set.getSpec().getTemplate()), ordinal, hash);
            expectations.expectCreation(key);
            try {
                context.api().create(pod);
                String name = pod.getMetadata().getName();
                context.events()
                        .normal(
                                set,
                                "SuccessfulCreate",
                                "create Pod %s in StatefulSet %s successful".formatted(name, key.name()));
            } catch (RuntimeException e) {
                expectations.creationEnded(key);
                context.events().warning(set, "FailedCreate", "create Pod failed: " + e.getMessage());
                throw e;
            }
            return false;
        }

        private boolean tend(Pod pod) {
            if (PodState.isFinished(pod) && !PodState.isDeleting(pod)) {
                delete(pod);
                return false;
            }
            return isAvailable(pod);
        }

        private boolean shrink() {
            for (Pod pod : mine.descendingMap().values()) {
                int ordinal = Identity.ordinal(set, pod);
                if (ordinal >= first && ordinal < end) {
                    continue;
                }
                delete(pod);
                if (inOrder) {
                    return false;
                }
            }
            return true;
        }

        private void roll() {
            if (isOnDelete()) {
                return;
            }
            for (int ordinal = end - 1; ordinal >= first + partition(); ordinal--) {
                Pod pod = mine.get(ordinal);
                if (pod == null) {
                    return;
                }
                if (!hasHash(pod, TemplateHistory.hash(update)) && !PodState.isDeleting(pod)) {
                    delete(pod);
                    return;
                }
                if (!isAvailable(pod)) {
                    return;
                }
            }
        }

        private void delete(Pod pod) {
            if (PodState.isDeleting(pod)) {
                return;
            }
            String uid = pod.getMetadata().getUid();
            expectations.expectDeletion(key, uid);
            if (context.api().delete(pod, ObjectApi.Dependents.BACKGROUND)) {
                String name = pod.getMetadata().getName();
                context.events()
                        .normal(
                                set,
                                "SuccessfulDelete",
                                "delete Pod %s in StatefulSet %s successful".formatted(name, key.name()));
            } else {
                expectations.deletionEnded(key, uid);
            }
        }

        private boolean isOnDelete() {
            return set.getSpec().getUpdateStrategy() != null
                    && "OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
        }

        private int partition() {
            var strategy = set.getSpec().getUpdateStrategy();
            return strategy == null || strategy.getRollingUpdate() == null
                    ? 0
                    : Values.or(strategy.getRollingUpdate().getPartition(), 0);
        }

        private boolean isAvailable(Pod pod) {
            Duration minimum = Duration.ofSeconds(Values.or(set.getSpec().getMinReadySeconds(), 0));
            return !PodState.isDeleting(pod)
                    && PodState.isAvailable(pod, minimum, context.clock().instant());
        }

        private String hashOf(String revisionName) {
            return revisionName.substring(set.getMetadata().getName().length() + 1);
        }

        private static boolean hasHash(Pod pod, String hash) {
            return hash.equals(Values.or(pod.getMetadata().getLabels()).get(TemplateHistory.HASH_LABEL));
        }

        void report() {
            List<Pod> living = mine.values().stream().filter(PodState::isActive).toList();
            int ready = (int) living.stream().filter(PodState::isReady).count();
            int updated = (int) living.stream()
                    .filter(pod -> hasHash(pod, TemplateHistory.hash(update)))
                    .count();
            boolean isRolledOut = updated == living.size() && ready == living.size() && living.size() == end - first;
            String current = isRolledOut ? update.getMetadata().getName() : currentName;
            StatefulSetStatus before = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
            StatefulSetStatus status = new StatefulSetStatusBuilder(before)
                    .withObservedGeneration(set.getMetadata().getGeneration())
                    .withReplicas(living.size())
                    .withReadyReplicas(ready)
                    .withAvailableReplicas(
                            (int) living.stream().filter(this::isAvailable).count())
                    .withUpdatedReplicas(updated)
                    .withCurrentReplicas((int) living.stream()
                            .filter(pod -> hasHash(pod, hashOf(current)))
                            .count())
                    .withCurrentRevision(current)
                    .withUpdateRevision(update.getMetadata().getName())
                    .withCollisionCount(Values.or(before.getCollisionCount(), 0))
                    .build();
            if (!status.equals(before)) {
                context.api()
                        .updateStatus(
                                new StatefulSetBuilder(set).withStatus(status).build());
            }
        }

        void prune() {
            Set<String> used = new HashSet<>();
            mine.values()
                    .forEach(pod -> used.add(
                            Values.or(pod.getMetadata().getLabels()).getOrDefault(TemplateHistory.HASH_LABEL, "")));
            used.add(TemplateHistory.hash(update));
            used.add(hashOf(currentName));
            history.prune(set, used, Values.or(set.getSpec().getRevisionHistoryLimit(), 10));
        }
    }
}
