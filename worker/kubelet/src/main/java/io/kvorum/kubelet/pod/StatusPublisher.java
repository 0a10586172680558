package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings pods' statuses to the API, the newest only, one at a time per pod, and tries until it succeeds. {@link #publish}
 * never blocks. Any thread.
 */
final class StatusPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(StatusPublisher.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

    private record Report(Pod pod, PodStatus status, boolean last) {}

    private final PodStatusSink sink;
    /** The newest report of each pod that is not delivered yet. */
    private final Map<String, Report> waiting = new ConcurrentHashMap<>();
    /** What was delivered last; dropped with the pod. */
    private final Map<String, PodStatus> delivered = new ConcurrentHashMap<>();

    private final Map<String, Thread> senders = new ConcurrentHashMap<>();

    StatusPublisher(PodStatusSink sink) {
        this.sink = sink;
    }

    void publish(Pod pod, PodStatus status) {
        String uid = pod.getMetadata().getUid();
        if (!Objects.equals(delivered.get(uid), status) && !isLast(waiting.get(uid))) {
            hand(uid, new Report(pod, status, false));
        }
    }

    /** Publishes the status and then asks for the object's deletion. */
    void conclude(Pod pod, PodStatus status) {
        hand(pod.getMetadata().getUid(), new Report(pod, status, true));
    }

    private static boolean isLast(@Nullable Report report) {
        return report != null && report.last();
    }

    void forget(String uid) {
        waiting.remove(uid);
        delivered.remove(uid);
    }

    private void hand(String uid, Report report) {
        waiting.put(uid, report);
        senders.computeIfAbsent(
                uid, each -> Thread.ofVirtual().name("status-" + uid).start(() -> send(uid)));
    }

    private void send(String uid) {
        Duration retry = FIRST_RETRY;
        while (true) {
            Report report = waiting.get(uid);
            if (report == null) {
                senders.remove(uid);
                // A report handed over just before the removal must not be lost.
                Report late = waiting.get(uid);
                if (late != null) {
                    hand(uid, late);
                }
                return;
            }
            if (deliver(uid, report)) {
                waiting.remove(uid, report);
                retry = FIRST_RETRY;
            } else if (!sleep(retry)) {
                return;
            } else {
                retry = retry.multipliedBy(2).compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : retry.multipliedBy(2);
            }
        }
    }

    private boolean deliver(String uid, Report report) {
        try {
            if (!Objects.equals(delivered.get(uid), report.status())) {
                sink.publish(report.pod(), report.status());
                delivered.put(uid, report.status());
            }
            if (report.last()) {
                sink.delete(report.pod());
            }
            return true;
        } catch (RuntimeException failure) {
            LOG.atWarn()
                    .addKeyValue("pod", report.pod().getMetadata().getName())
                    .addKeyValue("why", failure.getMessage())
                    .log("pod status cannot be published, will try again");
            return false;
        }
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
