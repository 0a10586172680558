package io.kvorum.apiserver.bootstrap;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apiserver.bootstrap.PolicyFile.Entry;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Part;
import io.kvorum.registry.Registry;
import io.kvorum.registry.WriteOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the objects every cluster starts with and keeps the Endpoints of the API servers and of etcd as they are.
 * Works on a virtual thread of its own and tries again while the store has no quorum; a replica that has the objects
 * already needs none. Any number of servers may do it at the same time.
 */
public final class Bootstrap implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Bootstrap.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ENDPOINTS_EVERY = Duration.ofSeconds(10);
    /** Each object is a question to the other servers, or a write: so many share a round. */
    private static final int AT_ONCE = 8;

    private final Registry registry;
    private final Catalogue catalogue;
    private final ClusterIdentity identity;
    private final CountDownLatch done = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("bootstrap").unstarted(this::run);

    public Bootstrap(Registry registry, Catalogue catalogue, ClusterIdentity identity) {
        this.registry = registry;
        this.catalogue = catalogue;
        this.identity = identity;
    }

    public void start() {
        thread.start();
    }

    /** Whether all objects have been there once since the start. */
    public boolean isDone() {
        return done.getCount() == 0;
    }

    /** @return false when they are not there in time */
    public boolean awaitDone(Duration deadline) throws InterruptedException {
        return done.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }

    private void run() {
        try {
            while (!succeeds(this::ensureAll)) {
                if (closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            do {
                succeeds(this::ensureEndpoints);
                done.countDown();
            } while (!closed.await(ENDPOINTS_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static boolean succeeds(Step step) throws InterruptedException {
        try {
            step.run();
            return true;
        } catch (ApiException e) {
            log.atDebug().addKeyValue("reason", e.getMessage()).log("bootstrap objects not written, trying again");
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("bootstrap objects not written, trying again");
        }
        return false;
    }

    private void ensureAll() throws InterruptedException {
        StartObjects.namespaces().forEach(this::ensureExists);
        List<Callable<Boolean>> steps = new ArrayList<>();
        List<Entry> once = new ArrayList<>(StartObjects.priorityClasses());
        once.add(StartObjects.service(identity));
        once.forEach(entry -> steps.add(() -> ensureExists(entry)));
        DefaultPolicy.entries().forEach(entry -> steps.add(() -> ensurePolicy(entry)));
        try (var workers = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofVirtual().name("bootstrap-", 0).factory())) {
            for (Future<Boolean> step : workers.invokeAll(steps)) {
                await(step);
            }
        }
    }

    private static void await(Future<Boolean> step) throws InterruptedException {
        try {
            step.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException reason ? reason : new IllegalStateException(e.getCause());
        }
    }

    private void ensureEndpoints() {
        List<String> addresses =
                identity.serverAddresses().get().stream().sorted().distinct().toList();
        if (!addresses.isEmpty()) {
            ServiceEndpoints.of(addresses, identity.port()).forEach(this::ensureSame);
        }
        List<String> members =
                identity.storeAddresses().get().stream().sorted().distinct().toList();
        if (!members.isEmpty()) {
            ensureSame(ServiceEndpoints.ofStore(members));
        }
    }

    private boolean ensureExists(Entry entry) {
        return createUnlessThere(entry);
    }

    private boolean ensurePolicy(Entry entry) {
        boolean isNew = createUnlessThere(entry);
        if (!isNew) {
            update(entry, current -> DefaultPolicy.reconciled(current, entry.object()));
        }
        return isNew;
    }

    /** Everything but metadata is as given. */
    private void ensureSame(Entry entry) {
        if (!createUnlessThere(entry)) {
            update(entry, current -> {
                ObjectNode next = entry.object().deepCopy();
                next.set(
                        "metadata",
                        Objects.requireNonNull(current.get("metadata")).deepCopy());
                return next;
            });
        }
    }

    /** @return false when there was one already */
    private boolean createUnlessThere(Entry entry) {
        if (exists(path(entry))) {
            return false;
        }
        try {
            registry.create(
                    type(entry),
                    Fields.namespace(entry.object()),
                    entry.object().deepCopy(),
                    WriteOptions.PLAIN);
            return true;
        } catch (ApiException e) {
            if (e.status().reason().equals("AlreadyExists")) {
                return false;
            }
            throw e;
        }
    }

    private boolean exists(ObjectPath path) {
        try {
            registry.get(path);
            return true;
        } catch (ApiException e) {
            if (e.status().code() == 404) {
                return false;
            }
            throw e;
        }
    }

    private void update(Entry entry, java.util.function.UnaryOperator<ObjectNode> change) {
        ObjectPath path = path(entry);
        ObjectNode current = registry.tree(path.type(), registry.get(path).object());
        if (!change.apply(current).equals(current)) {
            registry.update(path, Part.OBJECT, change::apply, WriteOptions.PLAIN);
        }
    }

    private ObjectPath path(Entry entry) {
        return new ObjectPath(type(entry), Fields.namespace(entry.object()), Fields.name(entry.object()));
    }

    private ResourceType type(Entry entry) {
        return catalogue
                .resource(entry.resource())
                .orElseThrow(() -> new IllegalStateException(
                        "the catalogue lacks " + entry.resource().qualified()));
    }
}
