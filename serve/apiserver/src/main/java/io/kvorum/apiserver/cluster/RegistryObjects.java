package io.kvorum.apiserver.cluster;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.registry.ListOptions;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Registry;
import io.kvorum.registry.WatchOptions;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.WatchEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The cluster's objects as the registry has them; any thread. Each followed kind has a virtual thread. */
public final class RegistryObjects implements ClusterObjects {
    private static final Logger log = LoggerFactory.getLogger(RegistryObjects.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Registry registry;
    private final Catalogue catalogue;

    public RegistryObjects(Registry registry, Catalogue catalogue) {
        this.registry = registry;
        this.catalogue = catalogue;
    }

    /** Reads what is at hand, without asking the other servers: the stages of a request must work without a quorum. */
    @Override
    public Optional<ObjectNode> find(GroupVersionResource resource, String namespace, String name) {
        ResourceType type = type(resource);
        try {
            return Optional.of(registry.tree(
                    type,
                    registry.get(new ObjectPath(type, namespace, name), "0").object()));
        } catch (ApiException e) {
            if (e.status().code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<ObjectNode> list(GroupVersionResource resource, String namespace) {
        ResourceType type = type(resource);
        return registry.list(type, ListOptions.ALL.in(namespace).at("0", "")).items().stream()
                .map(object -> registry.tree(type, object))
                .toList();
    }

    @Override
    public Following follow(GroupVersionResource resource, Listener listener) {
        Follower follower = new Follower(type(resource), listener);
        follower.start();
        return follower;
    }

    private ResourceType type(GroupVersionResource resource) {
        return catalogue
                .resource(resource)
                .orElseThrow(() -> new IllegalStateException("the catalogue lacks " + resource.qualified()));
    }

    private final class Follower implements Following {
        private final ResourceType type;
        private final Listener listener;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final Thread thread;
        private volatile boolean isSynced;

        Follower(ResourceType type, Listener listener) {
            this.type = type;
            this.listener = listener;
            this.thread =
                    Thread.ofVirtual().name("follow-" + type.id().resource()).unstarted(this::run);
        }

        void start() {
            thread.start();
        }

        private void run() {
            try {
                do {
                    attempt();
                } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        }

        private void attempt() throws InterruptedException {
            try {
                watch();
            } catch (ApiException missed) {
                log.atDebug()
                        .addKeyValue("resource", type.id().qualified())
                        .addKeyValue("reason", missed.getMessage())
                        .log("following anew");
            } catch (RuntimeException e) {
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("resource", type.id().qualified())
                        .log("following failed, following anew");
            }
        }

        private void watch() throws InterruptedException {
            ObjectWatch watch = registry.watch(
                    type,
                    new WatchOptions(
                            "", Selection.everything(type.id()), "", WatchOptions.InitialEvents.AS_THE_VERSION_SAYS));
            listener.replaced(watch.initialEvents().stream()
                    .map(event -> registry.tree(type, event.object()))
                    .toList());
            isSynced = true;
            while (closed.getCount() > 0) {
                watch.next(PATIENCE).forEach(this::tell);
            }
        }

        private void tell(WatchEvent event) {
            ObjectNode object = registry.tree(type, event.object());
            switch (event.type()) {
                case ADDED, MODIFIED -> listener.changed(object);
                case DELETED -> listener.removed(object);
            }
        }

        @Override
        public boolean isSynced() {
            return isSynced;
        }

        @Override
        public void close() {
            closed.countDown();
            thread.interrupt();
        }
    }
}
