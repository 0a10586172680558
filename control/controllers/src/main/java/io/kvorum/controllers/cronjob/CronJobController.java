package io.kvorum.controllers.cronjob;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Starts a CronJob's Jobs when they are due and removes old ones. Reads CronJobs and Jobs; writes Jobs and the status. */
public final class CronJobController extends KeyedController {
    private static final String SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    private final ControllerContext context;
    private final Informer<CronJob> cronJobs;
    private final Informer<Job> jobs;

    public CronJobController(ControllerContext context) {
        super("cronjob", 2);
        this.context = context;
        this.cronJobs = context.informers().of(CronJob.class);
        this.jobs = context.informers().of(Job.class);
        follow(cronJobs);
        followOwners(jobs, "CronJob");
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<CronJob> found = cronJobs.find(key);
        if (found.isEmpty() || found.get().getMetadata().getDeletionTimestamp() != null) {
            return Result.done();
        }
        CronJob cronJob = found.get();
        List<Job> mine = jobs.controlledBy(cronJob.getMetadata().getUid());
        CronJobStatus status = withEnded(cronJob, mine);
        removeOld(cronJob, mine);
        Schedule schedule;
        try {
            schedule = Schedule.parse(
                    cronJob.getSpec().getSchedule(), cronJob.getSpec().getTimeZone());
        } catch (IllegalArgumentException e) {
            context.events().warning(cronJob, "UnparseableSchedule", "unparseable schedule: " + e.getMessage());
            write(cronJob, status);
            return Result.done();
        }
        Instant now = context.clock().instant();
        if (!Values.isTrue(cronJob.getSpec().getSuspend())) {
            status = startIfDue(cronJob, mine, schedule, status, now);
        }
        write(cronJob, status);
        return schedule.next(now)
                .map(next -> Result.again(Duration.between(now, next).plusMillis(100)))
                .orElse(Result.done());
    }

    /** Only the latest missed time is made up for, and only within the starting deadline. */
    private CronJobStatus startIfDue(
            CronJob cronJob, List<Job> mine, Schedule schedule, CronJobStatus status, Instant now) {
        Instant since = status.getLastScheduleTime() == null
                ? Values.time(cronJob.getMetadata().getCreationTimestamp())
                : Values.time(status.getLastScheduleTime());
        Optional<Instant> due = schedule.last(now).filter(time -> time.isAfter(since));
        if (due.isEmpty()) {
            return status;
        }
        Long deadline = cronJob.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && due.get().plusSeconds(deadline).isBefore(now)) {
            context.events().warning(cronJob, "MissSchedule", "Missed scheduled time to start a job: " + due.get());
            return status;
        }
        List<Job> running = mine.stream().filter(job -> !isFinished(job)).toList();
        String policy = Values.or(cronJob.getSpec().getConcurrencyPolicy(), "Allow");
        if (policy.equals("Forbid") && !running.isEmpty()) {
            context.events()
                    .normal(
                            cronJob,
                            "JobAlreadyActive",
                            "Not starting job because prior execution is running and concurrency policy is Forbid");
            return status;
        }
        if (policy.equals("Replace")) {
            running.forEach(job -> {
                context.api().delete(job, ObjectApi.Dependents.BACKGROUND);
                String name = job.getMetadata().getName();
                context.events().normal(cronJob, "SuccessfulDelete", "Deleted job " + name);
            });
        }
        return started(cronJob, due.get(), policy.equals("Replace") ? List.of() : running, status);
    }

    private CronJobStatus started(CronJob cronJob, Instant due, List<Job> running, CronJobStatus status) {
        Job wanted = job(cronJob, due);
        List<ObjectReference> active = new ArrayList<>(
                running.stream().map(CronJobController::reference).toList());
        if (context.api().createIfAbsent(wanted)) {
            String name = wanted.getMetadata().getName();
            context.events().normal(cronJob, "SuccessfulCreate", "Created job " + name);
        }
        context.api()
                .find(Job.class, ObjectKey.of(wanted))
                .filter(live -> Owners.isControlledBy(live, cronJob))
                .ifPresent(live -> active.add(reference(live)));
        return new CronJobStatusBuilder(status)
                .withLastScheduleTime(Values.text(due))
                .withActive(active)
                .build();
    }

    private static ObjectReference reference(Job job) {
        return EventRecorder.reference(job);
    }

    private static Job job(CronJob cronJob, Instant due) {
        var template = cronJob.getSpec().getJobTemplate();
        var metadata = template.getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(cronJob.getMetadata().getNamespace())
                .withName(cronJob.getMetadata().getName() + "-" + due.getEpochSecond() / 60)
                .withLabels(metadata == null ? null : metadata.getLabels())
                .withAnnotations(metadata == null ? null : metadata.getAnnotations())
                .addToAnnotations(SCHEDULED_AT, Values.text(due))
                .withOwnerReferences(Owners.controllerReference(cronJob))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }

    private CronJobStatus withEnded(CronJob cronJob, List<Job> mine) {
        CronJobStatus before = cronJob.getStatus() == null ? new CronJobStatus() : cronJob.getStatus();
        for (ObjectReference listed : before.getActive()) {
            mine.stream()
                    .filter(job -> job.getMetadata().getUid().equals(listed.getUid()) && isFinished(job))
                    .forEach(job -> context.events()
                            .normal(
                                    cronJob,
                                    "SawCompletedJob",
                                    "Saw completed job: " + listed.getName() + ", condition: "
                                            + (isTrue(job, "Complete") ? "Complete" : "Failed")));
        }
        List<ObjectReference> active = mine.stream()
                .filter(job -> !isFinished(job))
                .sorted(Comparator.comparing(job -> job.getMetadata().getName()))
                .map(CronJobController::reference)
                .toList();
        Optional<String> succeeded = mine.stream()
                .filter(job -> isTrue(job, "Complete"))
                .map(job -> Values.or(job.getStatus().getCompletionTime(), ""))
                .max(Comparator.naturalOrder());
        String last = Values.or(before.getLastSuccessfulTime(), "");
        CronJobStatusBuilder status = new CronJobStatusBuilder(before).withActive(active);
        succeeded.filter(time -> time.compareTo(last) > 0).ifPresent(status::withLastSuccessfulTime);
        return status.build();
    }

    private void removeOld(CronJob cronJob, List<Job> mine) {
        Integer successes = cronJob.getSpec().getSuccessfulJobsHistoryLimit();
        Integer failures = cronJob.getSpec().getFailedJobsHistoryLimit();
        removeBeyond(cronJob, mine, job -> isTrue(job, "Complete"), Values.or(successes, 3));
        removeBeyond(cronJob, mine, job -> isTrue(job, "Failed"), Values.or(failures, 1));
    }

    private void removeBeyond(CronJob cronJob, List<Job> mine, Predicate<Job> which, int kept) {
        List<Job> oldestFirst = mine.stream()
                .filter(which)
                .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.comparing(
                        job -> Values.time(job.getMetadata().getCreationTimestamp())))
                .toList();
        for (Job job : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - kept))) {
            context.api().delete(job, ObjectApi.Dependents.BACKGROUND);
            context.events()
                    .normal(
                            cronJob,
                            "SuccessfulDelete",
                            "Deleted job " + job.getMetadata().getName());
        }
    }

    private void write(CronJob cronJob, CronJobStatus status) {
        if (!withoutVersions(status)
                .equals(cronJob.getStatus() == null ? null : withoutVersions(cronJob.getStatus()))) {
            context.api()
                    .updateStatus(new CronJobBuilder(cronJob).withStatus(status).build());
        }
    }

    /** A running Job's own changes are no news for the list of active ones. */
    private static CronJobStatus withoutVersions(CronJobStatus status) {
        CronJobStatus copy = new CronJobStatusBuilder(status).build();
        copy.getActive().forEach(reference -> reference.setResourceVersion(null));
        return copy;
    }

    private static boolean isFinished(Job job) {
        return isTrue(job, "Complete") || isTrue(job, "Failed");
    }

    private static boolean isTrue(Job job, String type) {
        return job.getStatus() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(
                                condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()));
    }
}
