package io.kvorum.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.Clients;
import io.kvorum.client.Informers;
import io.kvorum.controllers.ControllerManager;
import io.kvorum.controllers.ControllersConfig;
import io.kvorum.engine.Fence;
import io.kvorum.http.Endpoint;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.scheduler.Scheduler;
import io.kvorum.scheduler.SchedulerConfig;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs controllers and scheduler while this server leads the store, and only then. Leadership is heard on a thread of the
 * store that must not block, so a thread of its own starts and stops them.
 */
final class Leading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);

    /** Whoever acts as leader names its term in every write, and a deposed leader's writes fail instead of racing. */
    private static final String TERM_HEADER = "Kvorum-Term";

    /** What it needs to act on the cluster: the API, and who controllers and scheduler are to it. */
    record Parts(
            Endpoint api,
            ReloadableKeyManager controllerManager,
            ReloadableKeyManager schedulerIdentity,
            ControllersConfig controllers,
            SchedulerConfig scheduler,
            InstantSource clock) {
        KubernetesClient clientOf(ReloadableKeyManager keys, Fence fence) {
            String term = Long.toString(fence.term());
            Endpoint fenced = exchange -> {
                exchange.requestHeaders().set(TERM_HEADER, term);
                api.handle(exchange);
            };
            return Clients.inProcess(fenced, () -> keys.identity().chain());
        }
    }

    private record News(@Nullable Fence fence, boolean isLast) {}

    private final Parts parts;
    /** Changes of leadership are rare; should ever 64 be waiting, the oldest are dropped, for only the newest counts. */
    private final BlockingQueue<News> news = new ArrayBlockingQueue<>(64);

    private final Thread thread;
    private @Nullable Reign reign;

    Leading(Parts parts) {
        this.parts = parts;
        this.thread = Thread.ofPlatform().name("leading").start(this::run);
    }

    /** Called by the store. */
    void leadership(@Nullable Fence fence) {
        tell(new News(fence, false));
    }

    private void tell(News latest) {
        while (!news.offer(latest)) {
            news.poll();
        }
    }

    private void run() {
        try {
            for (News latest = news.take(); !latest.isLast(); latest = news.take()) {
                end();
                if (latest.fence() != null && news.isEmpty()) {
                    reign = Reign.begin(parts, latest.fence());
                    LOG.atInfo().addKeyValue("term", latest.fence().term()).log("this server leads");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("controllers and scheduler could not be started");
        } finally {
            end();
        }
    }

    private void end() {
        Reign ended = reign;
        reign = null;
        if (ended != null) {
            ended.close();
            LOG.atInfo().log("this server does not lead any more");
        }
    }

    @Override
    public void close() {
        tell(new News(null, true));
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Controllers and scheduler of one leadership. */
    private record Reign(
            KubernetesClient controllerClient,
            KubernetesClient schedulerClient,
            Informers informers,
            ControllerManager controllers,
            Scheduler scheduler)
            implements AutoCloseable {
        static Reign begin(Parts parts, Fence fence) throws InterruptedException {
            KubernetesClient controllerClient = parts.clientOf(parts.controllerManager(), fence);
            KubernetesClient schedulerClient = parts.clientOf(parts.schedulerIdentity(), fence);
            var informers = new Informers(controllerClient);
            var controllers = new ControllerManager(controllerClient, informers, parts.controllers(), parts.clock());
            var scheduler = new Scheduler(schedulerClient, informers, parts.scheduler(), parts.clock());
            controllers.start();
            scheduler.start();
            return new Reign(controllerClient, schedulerClient, informers, controllers, scheduler);
        }

        @Override
        public void close() {
            scheduler.close();
            controllers.close();
            informers.close();
            schedulerClient.close();
            controllerClient.close();
        }
    }
}
