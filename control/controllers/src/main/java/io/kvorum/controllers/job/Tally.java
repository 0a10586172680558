package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import io.kvorum.client.PodState;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The counts of a Job's ended pods. Each pod is counted exactly once: first its uid is written down as uncounted, then its
 * finalizer goes, then the uid moves into the number. Pure.
 */
record Tally(
        int succeeded,
        int failed,
        Set<String> uncountedSucceeded,
        Set<String> uncountedFailed,
        NavigableSet<Integer> completedIndexes) {

    static Tally of(Job job) {
        JobStatus status = Jobs.status(job);
        UncountedTerminatedPods uncounted = status.getUncountedTerminatedPods();
        return new Tally(
                Values.or(status.getSucceeded(), 0),
                Values.or(status.getFailed(), 0),
                new LinkedHashSet<>(uncounted == null ? List.of() : uncounted.getSucceeded()),
                new LinkedHashSet<>(uncounted == null ? List.of() : uncounted.getFailed()),
                Indexes.parse(status.getCompletedIndexes()));
    }

    /** With the pods that ended and are not yet written down. */
    Tally noting(Job job, List<Pod> pods) {
        Set<String> newlySucceeded = new LinkedHashSet<>(uncountedSucceeded);
        Set<String> newlyFailed = new LinkedHashSet<>(uncountedFailed);
        NavigableSet<Integer> indexes = new TreeSet<>(completedIndexes);
        for (Pod pod : pods) {
            String uid = pod.getMetadata().getUid();
            if (!Jobs.isTracked(pod) || uncountedSucceeded.contains(uid) || uncountedFailed.contains(uid)) {
                continue;
            }
            if (Jobs.isSucceeded(pod)) {
                if (!Jobs.isIndexed(job)) {
                    newlySucceeded.add(uid);
                } else {
                    Jobs.index(pod).ifPresent(indexes::add);
                }
            } else if (PodState.phase(pod).equals("Failed") || isTakenAway(job, pod)) {
                newlyFailed.add(uid);
            }
        }
        int total = Jobs.isIndexed(job) ? indexes.size() : succeeded;
        return new Tally(total, failed, newlySucceeded, newlyFailed, indexes);
    }

    /** Deleted by somebody else: lost unless the Job wants to wait for its end; one that never ran has no end. */
    private static boolean isTakenAway(Job job, Pod pod) {
        boolean waits = "Failed".equals(job.getSpec().getPodReplacementPolicy()) && PodState.isScheduled(pod);
        return PodState.isDeleting(pod) && !waits;
    }

    /** With the uids moved into the numbers whose pods have lost their finalizer or are gone. */
    Tally settled(Set<String> stillTracked) {
        Set<String> openSucceeded = new LinkedHashSet<>(uncountedSucceeded);
        openSucceeded.retainAll(stillTracked);
        Set<String> openFailed = new LinkedHashSet<>(uncountedFailed);
        openFailed.retainAll(stillTracked);
        return new Tally(
                succeeded + uncountedSucceeded.size() - openSucceeded.size(),
                failed + uncountedFailed.size() - openFailed.size(),
                openSucceeded,
                openFailed,
                completedIndexes);
    }

    boolean hasUncounted() {
        return !uncountedSucceeded.isEmpty() || !uncountedFailed.isEmpty();
    }

    boolean isUncounted(String uid) {
        return Stream.concat(uncountedSucceeded.stream(), uncountedFailed.stream())
                .anyMatch(uid::equals);
    }

    int allSucceeded() {
        return succeeded + uncountedSucceeded.size();
    }

    int allFailed() {
        return failed + uncountedFailed.size();
    }

    JobStatus into(JobStatus status) {
        return new JobStatusBuilder(status)
                .withSucceeded(succeeded == 0 ? null : (Integer) succeeded)
                .withFailed(failed == 0 ? null : (Integer) failed)
                .withCompletedIndexes(completedIndexes.isEmpty() ? null : Indexes.format(completedIndexes))
                .withNewUncountedTerminatedPods()
                .withSucceeded(new ArrayList<>(uncountedSucceeded))
                .withFailed(new ArrayList<>(uncountedFailed))
                .endUncountedTerminatedPods()
                .build();
    }
}
