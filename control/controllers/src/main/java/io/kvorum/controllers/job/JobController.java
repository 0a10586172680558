package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Backoff;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.Expectations;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.PodRank;
import io.kvorum.controllers.PodTemplates;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Runs a Job's pods until enough succeeded or too many failed. Reads Jobs and pods; writes pods and the Jobs' status. */
public final class JobController extends KeyedController {
    private static final int BURST = 500;
    private static final Backoff POD_BACKOFF = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(10));

    /** Why a Job has failed. */
    private record Verdict(String reason, String message) {}

    private final ControllerContext context;
    private final Informer<Job> jobs;
    private final Informer<Pod> pods;
    private final Expectations expectations = new Expectations();

    /** Pods whose finalizer we dropped and that the informer still shows with it: they are counted already. */
    private final Set<String> released = ConcurrentHashMap.newKeySet();

    /** The version our latest status write gave a Job: an older copy would forget pods that are counted already. */
    private final Map<ObjectKey, Long> written = new ConcurrentHashMap<>();

    public JobController(ControllerContext context) {
        super("job", 5);
        this.context = context;
        this.jobs = context.informers().of(Job.class);
        this.pods = context.informers().of(Pod.class);
        follow(jobs);
        pods.onChange(this::podChanged);
    }

    private void podChanged(@Nullable Pod before, @Nullable Pod after) {
        Pod pod = newest(before, after);
        if (after == null || !Jobs.isTracked(after)) {
            released.remove(pod.getMetadata().getUid());
        }
        Owners.controllerOf(pod)
                .filter(owner -> owner.getKind().equals("Job"))
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
        if (after != null && Jobs.isTracked(after) && PodState.isDeleting(after)) {
            releaseIfOrphaned(after);
        }
    }

    /** A pod whose Job is gone must not hang on our finalizer. */
    private void releaseIfOrphaned(Pod pod) {
        boolean hasJob = Owners.controllerOf(pod)
                .flatMap(owner -> jobs.find(new ObjectKey(pod.getMetadata().getNamespace(), owner.getName())))
                .isPresent();
        if (!hasJob) {
            Owners.controllerOf(pod)
                    .map(owner -> new ObjectKey(pod.getMetadata().getNamespace(), owner.getName()))
                    .ifPresent(this::enqueue);
        }
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Job> found = jobs.find(key);
        if (found.isEmpty()) {
            expectations.forget(key);
            written.remove(key);
            releaseOrphans(key);
            return Result.done();
        }
        Job job = found.get();
        if (job.getSpec().getManagedBy() != null
                && !job.getSpec().getManagedBy().equals("kubernetes.io/job-controller")) {
            return Result.done();
        }
        List<Pod> mine = pods.controlledBy(job.getMetadata().getUid());
        if (Jobs.isFinished(job)) {
            release(mine);
            return Result.done();
        }
        if (!expectations.areMet(key) || isLate(key, job)) {
            return Result.done(); // the event we wait for brings us back
        }
        return new Round(key, job, mine, context.clock().instant()).play();
    }

    private boolean isLate(ObjectKey key, Job job) {
        return version(job) < written.getOrDefault(key, 0L);
    }

    private static long version(Job job) {
        return Long.parseLong(job.getMetadata().getResourceVersion());
    }

    private void releaseOrphans(ObjectKey key) {
        release(pods.inNamespace(key.namespace()).stream()
                .filter(pod -> Owners.controllerOf(pod)
                        .filter(owner ->
                                owner.getKind().equals("Job") && owner.getName().equals(key.name()))
                        .isPresent())
                .toList());
    }

    private void release(List<Pod> ended) {
        ended.stream().filter(Jobs::isTracked).forEach(this::dropFinalizer);
    }

    private void dropFinalizer(Pod pod) {
        released.add(pod.getMetadata().getUid());
        context.api()
                .change(
                        Pod.class,
                        ObjectKey.of(pod),
                        live -> live.getMetadata()
                                        .getUid()
                                        .equals(pod.getMetadata().getUid())
                                ? new PodBuilder(live)
                                        .editMetadata()
                                        .removeFromFinalizers(Jobs.FINALIZER)
                                        .endMetadata()
                                        .build()
                                : live);
    }

    /** One look at one Job. */
    private final class Round {
        private final ObjectKey key;
        private Job job;
        private final List<Pod> mine;
        private final List<Pod> active;
        private final Instant now;
        private JobStatus status;

        Round(ObjectKey key, Job job, List<Pod> mine, Instant now) {
            this.key = key;
            this.job = job;
            this.mine = mine;
            this.active = mine.stream().filter(PodState::isActive).toList();
            this.now = now;
            this.status = Jobs.status(job);
        }

        Result play() {
            if (status.getStartTime() == null && !Jobs.isSuspended(job)) {
                status = new JobStatusBuilder(status)
                        .withStartTime(Values.text(now))
                        .build();
            }
            Tally tally = count();
            Optional<Verdict> failed = verdict(tally);
            if (failed.isPresent()) {
                return end(tally, failed);
            }
            if (isComplete(tally)) {
                return end(tally, Optional.empty());
            }
            Result next = Jobs.isSuspended(job) ? suspend() : work(tally);
            report(tally);
            return next;
        }

        /** Writes new endings down before their finalizers go, so that a crash in between counts none twice. */
        private Tally count() {
            Tally before = Tally.of(job);
            List<Pod> open = mine.stream()
                    .filter(pod -> !released.contains(pod.getMetadata().getUid()))
                    .toList();
            Tally noted = before.noting(job, open);
            Set<String> tracked = new LinkedHashSet<>();
            open.stream()
                    .filter(Jobs::isTracked)
                    .map(pod -> pod.getMetadata().getUid())
                    .forEach(tracked::add);
            boolean hasNews = !noted.equals(before);
            if (hasNews) {
                write(noted.into(status));
            }
            for (Pod pod : open) {
                boolean isCounted =
                        noted.isUncounted(pod.getMetadata().getUid()) || (Jobs.isIndexed(job) && Jobs.isSucceeded(pod));
                if (isCounted && Jobs.isTracked(pod)) {
                    dropFinalizer(pod);
                    tracked.remove(pod.getMetadata().getUid());
                }
            }
            return noted.settled(tracked);
        }

        private Optional<Verdict> verdict(Tally tally) {
            Optional<JobCondition> decided = Jobs.condition(status, "FailureTarget");
            if (decided.isPresent()) {
                return Optional.of(
                        new Verdict(decided.get().getReason(), decided.get().getMessage()));
            }
            int limit = Values.or(job.getSpec().getBackoffLimit(), 6);
            int restarts = active.stream().mapToInt(Jobs::restarts).sum();
            boolean inPlace =
                    "OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy());
            if (tally.allFailed() > limit || (inPlace && restarts > 0 && restarts >= limit)) {
                return Optional.of(new Verdict("BackoffLimitExceeded", "Job has reached the specified backoff limit"));
            }
            Long deadline = job.getSpec().getActiveDeadlineSeconds();
            if (deadline != null
                    && status.getStartTime() != null
                    && !Jobs.isSuspended(job)
                    && !now.isBefore(Values.time(status.getStartTime()).plusSeconds(deadline))) {
                return Optional.of(new Verdict("DeadlineExceeded", "Job was active longer than specified deadline"));
            }
            return Optional.empty();
        }

        private boolean isComplete(Tally tally) {
            return Jobs.completions(job).isPresent()
                    ? tally.allSucceeded() >= Jobs.completions(job).getAsInt()
                    : tally.allSucceeded() > 0 && active.isEmpty();
        }

        /** First the decision, then the end of the pods, then the final condition. */
        private Result end(Tally tally, Optional<Verdict> failed) {
            delete(active);
            boolean isOver = active.isEmpty() && mine.stream().allMatch(PodState::isFinished) && !tally.hasUncounted();
            if (failed.isPresent()) {
                Verdict why = failed.get();
                status = Jobs.with(status, "FailureTarget", "True", why.reason, why.message, now);
                if (isOver) {
                    status = Jobs.with(status, "Failed", "True", why.reason, why.message, now);
                    context.events().warning(job, why.reason, why.message);
                }
            } else {
                String message = "Reached expected number of succeeded pods";
                status = Jobs.with(status, "SuccessCriteriaMet", "True", "CompletionsReached", message, now);
                if (isOver) {
                    status = new JobStatusBuilder(
                                    Jobs.with(status, "Complete", "True", "CompletionsReached", message, now))
                            .withCompletionTime(Values.text(now))
                            .build();
                    context.events().normal(job, "Completed", "Job completed");
                }
            }
            report(tally);
            return isOver ? Result.done() : Result.again(Duration.ofSeconds(1));
        }

        private Result suspend() {
            delete(active);
            if (!Jobs.isTrue(status, "Suspended")) {
                status = Jobs.with(status, "Suspended", "True", "JobSuspended", "Job suspended", now);
                context.events().normal(job, "Suspended", "Job suspended");
            }
            status = new JobStatusBuilder(status).withStartTime(null).build();
            return Result.done();
        }

        private Result work(Tally tally) {
            if (Jobs.isTrue(status, "Suspended")) {
                status = Jobs.with(status, "Suspended", "False", "JobResumed", "Job resumed", now);
                status = new JobStatusBuilder(status)
                        .withStartTime(Values.text(now))
                        .build();
                context.events().normal(job, "Resumed", "Job resumed");
            }
            int wanted = wantedActive(tally);
            if (active.size() > wanted) {
                delete(PodRank.leastWantedFirst(active, active).subList(0, active.size() - wanted));
            }
            int missing = wanted - active.size() - terminating();
            Duration wait = backoff(tally);
            if (missing > 0 && !wait.isZero()) {
                return Result.again(wait);
            }
            if (missing > 0) {
                create(Math.min(missing, BURST), tally);
            }
            Long deadline = job.getSpec().getActiveDeadlineSeconds();
            return deadline == null || status.getStartTime() == null
                    ? Result.done()
                    : Result.again(positive(Duration.between(
                            now, Values.time(status.getStartTime()).plusSeconds(deadline))));
        }

        private int wantedActive(Tally tally) {
            int parallel = Jobs.parallelism(job);
            if (Jobs.completions(job).isEmpty()) {
                return tally.allSucceeded() > 0 ? Math.min(active.size(), parallel) : parallel;
            }
            return Math.max(0, Math.min(parallel, Jobs.completions(job).getAsInt() - tally.allSucceeded()));
        }

        /** Pods on their way out still use their place when the Job asks to wait for that. */
        private int terminating() {
            return "Failed".equals(job.getSpec().getPodReplacementPolicy())
                    ? (int) mine.stream()
                            .filter(pod -> PodState.isDeleting(pod) && !PodState.isFinished(pod))
                            .count()
                    : 0;
        }

        private Duration backoff(Tally tally) {
            if (tally.allFailed() == 0) {
                return Duration.ZERO;
            }
            Instant latest = mine.stream()
                    .filter(Jobs::isFailed)
                    .map(Jobs::finishedAt)
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH);
            boolean recovered = mine.stream()
                    .filter(Jobs::isSucceeded)
                    .anyMatch(pod -> Jobs.finishedAt(pod).isAfter(latest));
            Duration left = Duration.between(now, latest.plus(POD_BACKOFF.after(tally.allFailed())));
            return recovered || left.isNegative() || latest.equals(Instant.EPOCH) ? Duration.ZERO : left;
        }

        private void create(int count, Tally tally) {
            List<Integer> free = Jobs.isIndexed(job) ? freeIndexes(count, tally) : List.of();
            int number = Jobs.isIndexed(job) ? free.size() : count;
            for (int each = 0; each < number; each++) {
                expectations.expectCreation(key);
                try {
                    Pod pod = context.api().create(Jobs.isIndexed(job) ? pod(free.get(each)) : pod());
                    String name = pod.getMetadata().getName();
                    context.events().normal(job, "SuccessfulCreate", "Created pod: " + name);
                } catch (KubernetesClientException e) {
                    expectations.creationEnded(key);
                    context.events().warning(job, "FailedCreate", "Error creating: " + e.getMessage());
                    throw e;
                }
            }
        }

        private List<Integer> freeIndexes(int count, Tally tally) {
            NavigableSet<Integer> taken = new TreeSet<>(tally.completedIndexes());
            active.forEach(pod -> Jobs.index(pod).ifPresent(taken::add));
            List<Integer> free = new ArrayList<>();
            for (int index = 0; index < Jobs.completions(job).orElse(0) && free.size() < count; index++) {
                if (!taken.contains(index)) {
                    free.add(index);
                }
            }
            return free;
        }

        private Pod pod() {
            String uid = job.getMetadata().getUid();
            String name = job.getMetadata().getName();
            return new PodBuilder(PodTemplates.pod(job, job.getSpec().getTemplate()))
                    .editMetadata()
                    .addToFinalizers(Jobs.FINALIZER)
                    .addToLabels(Map.of(
                            "batch.kubernetes.io/job-name", name,
                            "batch.kubernetes.io/controller-uid", uid,
                            "job-name", name,
                            "controller-uid", uid))
                    .endMetadata()
                    .build();
        }

        private Pod pod(int index) {
            String name = job.getMetadata().getName() + "-" + index;
            Pod pod = new PodBuilder(pod())
                    .editMetadata()
                    .withGenerateName(name + "-")
                    .addToAnnotations(Jobs.INDEX, Integer.toString(index))
                    .addToLabels(Jobs.INDEX, Integer.toString(index))
                    .endMetadata()
                    .editSpec()
                    .withHostname(name)
                    .endSpec()
                    .build();
            EnvVar number = new EnvVarBuilder()
                    .withName("JOB_COMPLETION_INDEX")
                    .withNewValueFrom()
                    .withNewFieldRef("v1", "metadata.labels['" + Jobs.INDEX + "']")
                    .endValueFrom()
                    .build();
            pod.getSpec().getContainers().forEach(container -> addIfAbsent(container.getEnv(), number));
            pod.getSpec().getInitContainers().forEach(container -> addIfAbsent(container.getEnv(), number));
            return pod;
        }

        private static void addIfAbsent(List<EnvVar> variables, EnvVar number) {
            if (variables.stream().noneMatch(variable -> number.getName().equals(variable.getName()))) {
                variables.add(number);
            }
        }

        private void delete(List<Pod> unwanted) {
            for (Pod pod : unwanted) {
                expectations.expectDeletion(key, pod.getMetadata().getUid());
                dropFinalizer(pod); // we no longer want it: its end is neither success nor failure
                boolean deleted = context.api().delete(pod, ObjectApi.Dependents.BACKGROUND);
                if (deleted) {
                    context.events()
                            .normal(
                                    job,
                                    "SuccessfulDelete",
                                    "Deleted pod: " + pod.getMetadata().getName());
                } else {
                    expectations.deletionEnded(key, pod.getMetadata().getUid());
                }
            }
        }

        private void report(Tally tally) {
            List<Pod> present = mine.stream().filter(PodState::isActive).toList();
            int ready = (int) present.stream().filter(PodState::isReady).count();
            int ending = (int) mine.stream()
                    .filter(pod -> PodState.isDeleting(pod) && !PodState.isFinished(pod))
                    .count();
            boolean isOver = Jobs.isTrue(status, "Complete") || Jobs.isTrue(status, "Failed");
            JobStatus counted = new JobStatusBuilder(tally.into(status))
                    .withActive(present.isEmpty() || isOver ? null : (Integer) present.size())
                    .withReady(isOver ? 0 : ready)
                    .withTerminating(isOver ? 0 : ending)
                    .build();
            write(counted);
        }

        /** Refused when our copy of the Job is late: counting on it could count a pod twice. */
        private void write(JobStatus wanted) {
            if (!wanted.equals(Jobs.status(job))) {
                job = context.api()
                        .updateStatus(new JobBuilder(job).withStatus(wanted).build());
                written.put(key, version(job));
                status = Jobs.status(job);
            }
        }
    }

    private static Duration positive(Duration wait) {
        return wait.isNegative() || wait.isZero() ? Duration.ofSeconds(1) : wait;
    }
}
