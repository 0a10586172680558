package io.kvorum.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.Clients;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.controllers.ControllerManager;
import io.kvorum.controllers.ControllersConfig;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.Fence;
import io.kvorum.http.Endpoint;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.scheduler.Scheduler;
import io.kvorum.scheduler.SchedulerConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
            ReloadableKeyManager supervisor,
            ReloadableKeyManager controllerManager,
            ReloadableKeyManager schedulerIdentity,
            EmbeddedStore store,
            ControllersConfig controllers,
            SchedulerConfig scheduler,
            Consumer<String> ghostTeller,
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

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofSeconds(20);
    private static final Duration FIRST_SETTLING = Duration.ofMillis(250);
    /** Four seconds at most. */
    private static final int MOST_UNREST = 4;

    private record News(@Nullable Fence fence, boolean isLast) {}

    private final Parts parts;
    /** Changes of leadership are rare; should ever 64 be waiting, the oldest are dropped, for only the newest counts. */
    private final BlockingQueue<News> news = new ArrayBlockingQueue<>(64);

    private final Thread thread;
    private @Nullable Reign reign;
    private long lastNews = System.nanoTime() - QUIET.toNanos() - 1;
    private int unrest;

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
            News latest = news.take();
            while (!latest.isLast()) {
                end();
                @Nullable News newer = latest.fence() == null ? null : news.poll(settling(), TimeUnit.MILLISECONDS);
                if (latest.fence() != null && newer == null) {
                    begin(latest, latest.fence());
                }
                latest = newer == null ? news.take() : newer;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    /**
     * How long a leadership must last before controllers start under it. The first after a quiet time need not wait; where
     * the lead goes from hand to hand, starting them each time would keep the servers too busy to settle.
     */
    private long settling() {
        long now = System.nanoTime();
        boolean isQuiet = now - lastNews > QUIET.toNanos();
        lastNews = now;
        unrest = isQuiet ? 0 : Math.min(unrest + 1, MOST_UNREST);
        return isQuiet ? 0 : FIRST_SETTLING.toMillis() << unrest;
    }

    /** What failed is tried again until there is other news. */
    private void begin(News latest, Fence fence) throws InterruptedException {
        try {
            reign = Reign.begin(parts, fence);
            LOG.atInfo().addKeyValue("term", fence.term()).log("this server leads");
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("controllers and scheduler could not be started, trying again");
            Thread.sleep(RETRY);
            if (news.isEmpty()) {
                tell(latest);
            }
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
            KubernetesClient supervisorClient,
            Informers informers,
            ControllerManager controllers,
            Scheduler scheduler,
            MemberSync memberSync,
            GhostWatch ghostWatch)
            implements AutoCloseable {
        static Reign begin(Parts parts, Fence fence) throws InterruptedException {
            KubernetesClient controllerClient = parts.clientOf(parts.controllerManager(), fence);
            KubernetesClient schedulerClient = parts.clientOf(parts.schedulerIdentity(), fence);
            var informers = new Informers(controllerClient);
            var controllers = new ControllerManager(controllerClient, informers, parts.controllers(), parts.clock());
            var scheduler = new Scheduler(schedulerClient, informers, parts.scheduler(), parts.clock());
            KubernetesClient supervisorClient = parts.clientOf(parts.supervisor(), fence);
            var memberSync = new MemberSync(supervisorClient, informers, parts.store());
            controllers.start();
            scheduler.start();
            return new Reign(
                    controllerClient,
                    schedulerClient,
                    supervisorClient,
                    informers,
                    controllers,
                    scheduler,
                    memberSync,
                    ghostWatch(parts, informers));
        }

        private static GhostWatch ghostWatch(Parts parts, Informers informers) {
            Informer<Node> nodes = informers.of(Node.class);
            var sight = new GhostWatch.Sight(
                    () -> parts.store().members().all(),
                    () -> nodes.all().stream()
                            .map(node -> node.getMetadata().getName())
                            .collect(Collectors.toSet()),
                    EngineMembers::answers,
                    parts.ghostTeller());
            return new GhostWatch(sight, parts.clock()).start();
        }

        @Override
        public void close() {
            ghostWatch.close();
            memberSync.close();
            scheduler.close();
            controllers.close();
            informers.close();
            supervisorClient.close();
            schedulerClient.close();
            controllerClient.close();
        }
    }
}
