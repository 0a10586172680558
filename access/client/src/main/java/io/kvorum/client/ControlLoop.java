package io.kvorum.client;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers on virtual threads that carry keys from a queue to a reconciler. {@code start} and {@code close} once each; {@link #enqueue} from any thread. */
public final class ControlLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final Duration POLL = Duration.ofSeconds(30);
    private static final Duration STOP_WAIT = Duration.ofSeconds(5);

    private final String name;
    private final int workers;
    private final Reconciler reconciler;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>(Backoff.CONTROLLER);
    private final List<Thread> threads = new ArrayList<>();

    public ControlLoop(String name, int workers, Reconciler reconciler) {
        this.name = name;
        this.workers = workers;
        this.reconciler = reconciler;
    }

    public String name() {
        return name;
    }

    public void enqueue(ObjectKey key) {
        queue.add(key);
    }

    public void enqueueAfter(ObjectKey key, Duration delay) {
        queue.addAfter(key, delay);
    }

    public void start() {
        for (int worker = 0; worker < workers; worker++) {
            threads.add(Thread.ofVirtual().name(name + "-" + worker).start(this::work));
        }
    }

    @Override
    public void close() {
        queue.close();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(STOP_WAIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void work() {
        try {
            while (!queue.isClosed()) {
                Optional<ObjectKey> key = queue.take(POLL);
                if (key.isPresent()) {
                    workOn(key.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void workOn(ObjectKey key) {
        try {
            Result result = reconciler.reconcile(key);
            queue.forgetFailures(key);
            switch (result) {
                case Result.Done done -> {}
                case Result.Again again -> queue.addAfter(key, again.in());
            }
        } catch (RuntimeException e) { // the top of the work on one key: it is tried again later
            if (!queue.isClosed()) {
                int failures = queue.addFailed(key);
                report(key, failures, e);
            }
        } finally {
            queue.done(key);
        }
    }

    private void report(ObjectKey key, int failures, RuntimeException failure) {
        boolean conflict = failure instanceof KubernetesClientException refused && refused.getCode() == 409;
        (conflict || failures < 3 ? LOG.atDebug() : LOG.atWarn())
                .addKeyValue("controller", name)
                .addKeyValue("key", key)
                .addKeyValue("failures", failures)
                .setCause(failure)
                .log("reconcile failed and will be tried again");
    }
}
