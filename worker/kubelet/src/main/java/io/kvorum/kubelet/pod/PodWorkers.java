package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.cri.TaskNotice;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.PodSandboxStatus;
import io.kvorum.kubelet.desired.PodRef;
import io.kvorum.kubelet.desired.QosClass;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of all pods on this node, fed by the API ({@link #desire}, {@link #vanish}) and by the runtime (events as they
 * come, everything every 10 s). Any thread.
 */
public final class PodWorkers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodWorkers.class);
    private static final Duration RELIST = Duration.ofSeconds(10);
    private static final int RELISTS_PER_CLEANING = 6;
    private static final List<Integer> ECHO_MILLIS = List.of(30, 100, 400, 1500);

    private record Worker(PodLife life, Thread thread) {}

    private final PodEnvironment environment;
    private final RuntimeView runtime;
    private final StatusPublisher publisher;
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean complete;

    public PodWorkers(PodEnvironment environment, PodStatusSink sink) {
        this.environment = environment;
        this.runtime = new RuntimeView(environment.cri());
        this.publisher = new StatusPublisher(sink);
    }

    /** Starts to listen to the runtime. */
    public void start() {
        threads.add(Thread.ofVirtual().name("runtime-events").start(this::followEvents));
        threads.add(Thread.ofVirtual().name("runtime-relist").start(this::relist));
    }

    /** This is how the pod should be. */
    public void desire(Pod pod) {
        workers.compute(pod.getMetadata().getUid(), (uid, worker) -> {
            if (worker != null) {
                worker.life().desire(pod);
                return worker;
            }
            return begin(new PodLife(environment, pod, runtime, publisher), PodRef.of(pod));
        });
    }

    /** The pod's object is gone. */
    public void vanish(Pod pod) {
        Optional.ofNullable(workers.get(pod.getMetadata().getUid()))
                .ifPresent(worker -> worker.life().vanish());
    }

    /** All pods of this node are known now: what else the runtime has is left over and goes. */
    public void allKnown() {
        complete = true;
    }

    private Worker begin(PodLife life, PodRef ref) {
        Thread thread = Thread.ofVirtual()
                .name("pod-" + ref.namespace() + "-" + ref.name())
                .start(() -> {
                    if (life.live()) {
                        workers.remove(ref.uid());
                    }
                });
        return new Worker(life, thread);
    }

    private void followEvents() {
        while (closing.getCount() > 0) {
            try {
                environment.cri().followTasks(this::onTask);
            } catch (CriException broken) {
                LOG.atDebug().addKeyValue("why", broken.getMessage()).log("runtime events broke off, following again");
            }
            if (pause(Duration.ofSeconds(1))) {
                return;
            }
        }
    }

    private void onTask(TaskNotice notice) {
        boolean tells = notice.topic().equals("/tasks/exit") || notice.topic().equals("/tasks/oom");
        if (tells && !notice.isOfExec()) {
            podOf(notice.containerId())
                    .flatMap(ref -> Optional.ofNullable(workers.get(ref.uid())))
                    .ifPresent(worker -> pokeRepeatedly(worker.life()));
        }
    }

    /** containerd tells of an end before its own CRI part has noted it. */
    private static void pokeRepeatedly(PodLife life) {
        life.poke();
        Thread.ofVirtual().name("runtime-echo").start(() -> {
            for (int millis : ECHO_MILLIS) {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
                life.poke();
            }
        });
    }

    private Optional<PodRef> podOf(String id) {
        CriClient cri = environment.cri();
        try {
            return cri.containerStatus(id)
                    .map(ContainerStatus::getLabelsMap)
                    .or(() -> cri.podSandboxStatus(id).map(PodSandboxStatus::getLabelsMap))
                    .flatMap(PodLabels::podOf);
        } catch (CriException lost) {
            return Optional.empty();
        }
    }

    private void relist() {
        SortedMap<PodRef, String> before = new TreeMap<>(java.util.Comparator.comparing(PodRef::uid));
        int count = 0;
        do {
            try {
                SortedMap<PodRef, String> now = runtime.census();
                compare(before, now);
                before = now;
                if (complete && count++ % RELISTS_PER_CLEANING == 0) {
                    cleanLeftovers(now);
                }
            } catch (CriException down) {
                LOG.atDebug().addKeyValue("why", down.getMessage()).log("runtime cannot be listed");
            }
        } while (!pause(RELIST));
    }

    private void compare(SortedMap<PodRef, String> before, SortedMap<PodRef, String> now) {
        Stream.concat(before.keySet().stream(), now.keySet().stream())
                .filter(ref -> !java.util.Objects.equals(before.get(ref), now.get(ref)))
                .forEach(ref -> Optional.ofNullable(workers.get(ref.uid()))
                        .ifPresent(worker -> worker.life().poke()));
        if (complete) {
            now.keySet().stream().filter(ref -> !workers.containsKey(ref.uid())).forEach(this::endOrphan);
        }
    }

    /** A pod that the runtime has and the API does not: deleted while the agent was away. */
    private void endOrphan(PodRef ref) {
        LOG.atInfo().addKeyValue("pod", ref.fullName()).log("ending a pod that is not in the API any more");
        Pod gone = new PodBuilder()
                .withNewMetadata()
                .withNamespace(ref.namespace())
                .withName(ref.name())
                .withUid(ref.uid())
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
        workers.computeIfAbsent(ref.uid(), uid -> {
            PodLife life = new PodLife(environment, gone, runtime, publisher);
            life.vanish();
            return begin(life, ref);
        });
    }

    /** Folders and cgroups of pods that neither the API nor the runtime knows. */
    private void cleanLeftovers(SortedMap<PodRef, String> census) {
        Stream.concat(environment.volumes().podUids().stream(), environment.cgroups().podUids().stream())
                .distinct()
                .filter(uid -> !workers.containsKey(uid)
                        && census.keySet().stream().noneMatch(ref -> ref.uid().equals(uid)))
                .forEach(this::clean);
    }

    private void clean(String uid) {
        try {
            environment.volumes().tearDown(uid);
            for (QosClass each : QosClass.values()) {
                environment.cgroups().remove(each.cgroup(uid));
            }
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("pod", uid).setCause(failure).log("leftovers of a pod cannot be removed");
        }
    }

    private boolean pause(Duration time) {
        try {
            return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Stops watching; containers go on. */
    @Override
    public void close() {
        closing.countDown();
        threads.forEach(Thread::interrupt);
        workers.values().forEach(worker -> worker.life().leave());
        workers.values().forEach(worker -> {
            try {
                worker.thread().join(Duration.ofSeconds(5));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
