package io.kvorum.controllers.ttl;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Deletes Jobs {@code ttlSecondsAfterFinished} after their end. Reads Jobs and deletes them. */
public final class FinishedJobController extends KeyedController {
    private final ControllerContext context;
    private final Informer<Job> jobs;

    public FinishedJobController(ControllerContext context) {
        super("ttl-after-finished", 1);
        this.context = context;
        this.jobs = context.informers().of(Job.class);
        jobs.onChange((before, after) -> {
            if (after != null && after.getSpec().getTtlSecondsAfterFinished() != null) {
                enqueue(ObjectKey.of(after));
            }
        });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Instant> end = jobs.find(key)
                .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
                .flatMap(FinishedJobController::end);
        if (end.isEmpty()) {
            return Result.done();
        }
        Duration left = Duration.between(context.clock().instant(), end.get());
        if (left.isPositive()) {
            return Result.again(left);
        }
        context.api()
                .find(Job.class, key)
                .filter(live -> end(live).equals(end))
                .ifPresent(live -> context.api().delete(live, ObjectApi.Dependents.FOREGROUND));
        return Result.done();
    }

    private static Optional<Instant> end(Job job) {
        Integer ttl = job.getSpec().getTtlSecondsAfterFinished();
        if (ttl == null || job.getStatus() == null) {
            return Optional.empty();
        }
        return job.getStatus().getConditions().stream()
                .filter(condition -> "True".equals(condition.getStatus()))
                .filter(condition -> "Complete".equals(condition.getType()) || "Failed".equals(condition.getType()))
                .map(JobCondition::getLastTransitionTime)
                .map(Values::time)
                .findFirst()
                .map(finished -> finished.plusSeconds(ttl));
    }
}
