package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.controllers.PodTemplates;
import io.kvorum.controllers.Values;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which ReplicaSet carries which revision of a Deployment, and the annotations that say so. Pure functions. */
final class Revisions {
    static final String HASH_LABEL = "pod-template-hash";
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAX = "deployment.kubernetes.io/max-replicas";
    private static final String HISTORY = "deployment.kubernetes.io/revision-history";
    private static final Set<String> OWN = Set.of(
            REVISION,
            DESIRED,
            MAX,
            HISTORY,
            "kubectl.kubernetes.io/last-applied-configuration",
            "deprecated.deployment.rollback.to");

    static final Comparator<ReplicaSet> OLDEST_FIRST = Comparator.<ReplicaSet, Instant>comparing(
                    set -> Values.time(set.getMetadata().getCreationTimestamp()))
            .thenComparing(set -> set.getMetadata().getName());

    private Revisions() {}

    /** The ReplicaSet with the Deployment's present template; the oldest, should there be several. */
    static Optional<ReplicaSet> current(Deployment deployment, List<ReplicaSet> sets) {
        return sets.stream()
                .sorted(OLDEST_FIRST)
                .filter(set -> PodTemplates.areEqual(
                        set.getSpec().getTemplate(), deployment.getSpec().getTemplate(), HASH_LABEL))
                .findFirst();
    }

    static long of(HasMetadata object) {
        String text = Values.or(object.getMetadata().getAnnotations()).getOrDefault(REVISION, "0");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0; // somebody else wrote it: count on from the others
        }
    }

    static long highest(List<ReplicaSet> sets) {
        return sets.stream().mapToLong(Revisions::of).max().orElse(0);
    }

    /** The annotations a ReplicaSet takes over from its Deployment, with its own beside them. */
    static Map<String, String> annotations(
            Deployment deployment, Map<String, String> present, long revision, int desired, int max) {
        Map<String, String> all = new LinkedHashMap<>(present);
        Values.or(deployment.getMetadata().getAnnotations()).forEach((name, value) -> {
            if (!OWN.contains(name)) {
                all.put(name, value);
            }
        });
        String before = present.getOrDefault(REVISION, "");
        String text = Long.toString(revision);
        if (!before.isEmpty() && !before.equals(text)) {
            all.merge(HISTORY, before, (older, newest) -> older + "," + newest);
        }
        all.put(REVISION, text);
        all.put(DESIRED, Integer.toString(desired));
        all.put(MAX, Integer.toString(max));
        return all;
    }
}
