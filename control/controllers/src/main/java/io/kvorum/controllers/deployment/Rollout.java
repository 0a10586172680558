package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.kvorum.controllers.IntOrPercent;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many replicas each ReplicaSet of a Deployment should have next. Pure functions of what is there. */
final class Rollout {
    /** New counts by ReplicaSet name, in the order to apply them; those left alone are absent. */
    record Plan(Map<String, Integer> replicas) {
        static final Plan NOTHING = new Plan(Map.of());

        boolean isEmpty() {
            return replicas.isEmpty();
        }
    }

    private Rollout() {}

    static int replicas(Deployment deployment) {
        return Values.or(deployment.getSpec().getReplicas(), 1);
    }

    static boolean isRolling(Deployment deployment) {
        return deployment.getSpec().getStrategy() == null
                || !"Recreate".equals(deployment.getSpec().getStrategy().getType());
    }

    static int maxSurge(Deployment deployment) {
        return !isRolling(deployment)
                ? 0
                : IntOrPercent.roundedUp(
                        rolling(deployment)
                                .map(RollingUpdateDeployment::getMaxSurge)
                                .orElse(null),
                        replicas(deployment),
                        "25%");
    }

    static int maxUnavailable(Deployment deployment) {
        if (!isRolling(deployment) || replicas(deployment) == 0) {
            return 0;
        }
        int unavailable = IntOrPercent.roundedDown(
                rolling(deployment)
                        .map(RollingUpdateDeployment::getMaxUnavailable)
                        .orElse(null),
                replicas(deployment),
                "25%");
        boolean stuck = unavailable == 0 && maxSurge(deployment) == 0;
        return Math.min(stuck ? 1 : unavailable, replicas(deployment));
    }

    private static Optional<RollingUpdateDeployment> rolling(Deployment deployment) {
        return Optional.ofNullable(deployment.getSpec().getStrategy()).map(strategy -> strategy.getRollingUpdate());
    }

    static int count(ReplicaSet set) {
        return Values.or(set.getSpec().getReplicas(), 1);
    }

    static int count(List<ReplicaSet> sets) {
        return sets.stream().mapToInt(Rollout::count).sum();
    }

    static int available(ReplicaSet set) {
        return set.getStatus() == null ? 0 : Values.or(set.getStatus().getAvailableReplicas(), 0);
    }

    static int available(List<ReplicaSet> sets) {
        return sets.stream().mapToInt(Rollout::available).sum();
    }

    static int running(List<ReplicaSet> sets) {
        return sets.stream()
                .mapToInt(set ->
                        set.getStatus() == null ? 0 : Values.or(set.getStatus().getReplicas(), 0))
                .sum();
    }

    /** The count with which the present template's ReplicaSet may go on. */
    static int nextOfCurrent(Deployment deployment, int currentCount, int total) {
        int wanted = replicas(deployment);
        if (!isRolling(deployment)) {
            return wanted;
        }
        if (currentCount > wanted) {
            return wanted;
        }
        int room = wanted + maxSurge(deployment) - total;
        return room <= 0 ? currentCount : currentCount + Math.min(room, wanted - currentCount);
    }

    /** One step of a rolling update: first grow the new, then shrink the old as far as availability allows. */
    static Plan roll(Deployment deployment, ReplicaSet current, List<ReplicaSet> old) {
        int total = count(current) + count(old);
        int next = nextOfCurrent(deployment, count(current), total);
        if (next != count(current)) {
            return new Plan(Map.of(current.getMetadata().getName(), next));
        }
        List<ReplicaSet> withPods = old.stream()
                .filter(set -> count(set) > 0)
                .sorted(Revisions.OLDEST_FIRST)
                .toList();
        if (withPods.isEmpty()) {
            return Plan.NOTHING;
        }
        int minimum = replicas(deployment) - maxUnavailable(deployment);
        int unavailableNew = count(current) - available(current);
        int mayGo = total - minimum - unavailableNew;
        if (mayGo <= 0) {
            return Plan.NOTHING;
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        int cleaned = takeUnhealthy(withPods, mayGo, counts);
        int spare = available(withPods) + available(current) - minimum;
        takeHealthy(withPods, Math.min(spare, mayGo - cleaned), counts);
        return new Plan(counts);
    }

    /** Pods that do not serve go first: losing them costs no availability. */
    private static int takeUnhealthy(List<ReplicaSet> old, int mayGo, Map<String, Integer> counts) {
        int taken = 0;
        for (ReplicaSet set : old) {
            int gone = Math.min(mayGo - taken, count(set) - available(set));
            if (gone > 0) {
                counts.put(set.getMetadata().getName(), count(set) - gone);
                taken += gone;
            }
        }
        return taken;
    }

    private static void takeHealthy(List<ReplicaSet> old, int mayGo, Map<String, Integer> counts) {
        int left = mayGo;
        for (ReplicaSet set : old) {
            int present = counts.getOrDefault(set.getMetadata().getName(), count(set));
            int gone = Math.min(left, present);
            if (gone > 0) {
                counts.put(set.getMetadata().getName(), present - gone);
                left -= gone;
            }
        }
    }

    /** Spreads a changed total over the ReplicaSets, in the middle of a rollout in proportion to their sizes. */
    static Plan rescale(Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> old) {
        int wanted = replicas(deployment);
        List<ReplicaSet> active = new ArrayList<>(old);
        current.ifPresent(active::add);
        active.removeIf(set -> count(set) == 0);
        if (active.size() <= 1) {
            Optional<ReplicaSet> only = active.isEmpty() ? current : Optional.of(active.getFirst());
            return only.filter(set -> count(set) != wanted)
                    .map(set -> new Plan(Map.of(set.getMetadata().getName(), wanted)))
                    .orElse(Plan.NOTHING);
        }
        if (current.isPresent() && isSaturated(deployment, current.get())) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            old.stream()
                    .filter(set -> count(set) > 0)
                    .forEach(set -> counts.put(set.getMetadata().getName(), 0));
            return new Plan(counts);
        }
        return isRolling(deployment) ? inProportion(deployment, active) : Plan.NOTHING;
    }

    private static boolean isSaturated(Deployment deployment, ReplicaSet current) {
        int wanted = replicas(deployment);
        return count(current) == wanted
                && available(current) == wanted
                && Integer.toString(wanted)
                        .equals(Values.or(current.getMetadata().getAnnotations())
                                .get(Revisions.DESIRED));
    }

    private static Plan inProportion(Deployment deployment, List<ReplicaSet> active) {
        int total = count(active);
        int allowed = replicas(deployment) == 0 ? 0 : replicas(deployment) + maxSurge(deployment);
        int toAdd = allowed - total;
        if (toAdd == 0) {
            return Plan.NOTHING;
        }
        Comparator<ReplicaSet> byAge = toAdd > 0 ? Revisions.OLDEST_FIRST.reversed() : Revisions.OLDEST_FIRST;
        List<ReplicaSet> largestFirst = active.stream()
                .sorted(Comparator.<ReplicaSet>comparingInt(set -> -count(set)).thenComparing(byAge))
                .toList();
        Map<String, Integer> counts = new LinkedHashMap<>();
        int added = 0;
        for (ReplicaSet set : largestFirst) {
            int share = share(set, allowed, toAdd, added);
            counts.put(set.getMetadata().getName(), count(set) + share);
            added += share;
        }
        ReplicaSet first = largestFirst.getFirst();
        counts.merge(first.getMetadata().getName(), toAdd - added, (count, rest) -> Math.max(0, count + rest));
        return new Plan(counts);
    }

    /** This set's part of the change, measured against the total that was allowed when it got its size. */
    private static int share(ReplicaSet set, int allowed, int toAdd, int added) {
        Map<String, String> annotations = Values.or(set.getMetadata().getAnnotations());
        int formerly;
        try {
            formerly = Integer.parseInt(annotations.getOrDefault(Revisions.MAX, Integer.toString(allowed)));
        } catch (NumberFormatException e) {
            formerly = allowed;
        }
        int grown = formerly == 0 ? count(set) : (int) Math.round((double) count(set) * allowed / formerly);
        int share = grown - count(set);
        int left = toAdd - added;
        return toAdd > 0 ? Math.min(Math.max(share, 0), left) : Math.max(Math.min(share, 0), left);
    }
}
