package io.kvorum.registry;

import io.kvorum.apimachinery.apply.FieldManager;
import io.kvorum.apimachinery.apply.FieldOwnership;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.engine.Store;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.StoredObject;
import io.kvorum.registry.cache.WatchCache;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects of the cluster: what Kubernetes means by create, get, list, watch, update and delete, on the store. Any
 * thread; {@link #start} once before anything else. Failures are
 * {@link io.kvorum.apimachinery.status.ApiException}s with upstream's reasons and texts.
 */
public final class Registry implements AutoCloseable {
    private final Catalogue catalogue;
    private final WatchCache cache;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final ObjectRemover remover;
    private final Housekeeping housekeeping;
    private final FieldOwnership ownership;
    private final InstantSource clock;
    private final Map<GroupVersionResource, ObjectFormat> formats = new ConcurrentHashMap<>();

    /** @param chance must be for any thread and hard to guess, such as SecureRandom, since uids come from it */
    public Registry(
            Store store,
            Catalogue catalogue,
            InstantSource clock,
            RandomGenerator chance,
            RegistryConfiguration configuration) {
        this.catalogue = catalogue;
        ObjectRules rules = new ObjectRules(catalogue);
        Ids ids = new Ids(chance);
        Strategies strategies = new Strategies(new ServiceStrategy(store, configuration, clock, chance, ids));
        this.cache = new WatchCache(
                store,
                configuration.cache(),
                value -> ObjectFormat.toJson(configuration.seal().open(value)));
        this.reader = new ObjectReader(store, cache, configuration.seal(), clock);
        this.ownership = new FieldOwnership(catalogue);
        this.clock = clock;
        this.writer = new ObjectWriter(
                new Transactions(store, configuration.seal()),
                rules,
                strategies,
                ids,
                new FieldTracker(ownership, clock),
                clock);
        this.remover = new ObjectRemover(new Transactions(store, configuration.seal()), strategies, clock);
        this.housekeeping = new Housekeeping(store, clock, configuration);
    }

    public void start() {
        cache.start();
        housekeeping.start();
    }

    @Override
    public void close() {
        housekeeping.close();
        cache.close();
    }

    /** How the type's objects are read off their stored bytes and served. */
    public ObjectFormat format(ResourceType type) {
        ObjectFormat known = formats.get(type.id());
        if (known == null || !known.type().equals(type)) {
            known = new ObjectFormat(type);
            formats.put(type.id(), known);
        }
        return known;
    }

    /** A built-in type that the server's own work needs. */
    public ResourceType type(GroupVersionResource id) {
        return catalogue
                .resource(id)
                .orElseThrow(() -> new IllegalStateException("the catalogue lacks " + id.qualified()));
    }

    /** The object as a tree with its resourceVersion; the caller owns it. */
    public ObjectNode tree(ResourceType type, StoredObject object) {
        return format(type).tree(object);
    }

    /**
     * Makes an object; fills metadata and what the kind's strategy decides.
     *
     * @param namespace of the request; empty for a cluster-wide kind
     * @param object taken over
     */
    public StoredObject create(ResourceType type, String namespace, ObjectNode object, WriteOptions options) {
        return StoreFailures.translated(() -> writer.create(format(type), namespace, object, options));
    }

    /** Reads an object as of now. */
    public Found get(ObjectPath path) {
        return get(path, "");
    }

    /** @param resourceVersion empty for "as of now", 0 for "whatever is at hand", else "not older than" */
    public Found get(ObjectPath path, String resourceVersion) {
        return StoreFailures.translated(() -> {
            Sought sought = reader.seek(path, resourceVersion);
            return new Found(sought.object().orElseThrow(path::notFound), sought.staleSince());
        });
    }

    /** As {@link #get}, also of one that is not there: for whoever must say how old that knowledge is. */
    public Sought seek(ObjectPath path, String resourceVersion) {
        return StoreFailures.translated(() -> reader.seek(path, resourceVersion));
    }

    public ObjectList list(ResourceType type, ListOptions options) {
        return StoreFailures.translated(() -> reader.list(type, options));
    }

    public ObjectWatch watch(ResourceType type, WatchOptions options) {
        return StoreFailures.translated(() -> reader.watch(type, options));
    }

    /**
     * Changes an object: reads it, makes the new one, writes it unless somebody else wrote meanwhile, and tries again
     * when so. A new object that carries a resourceVersion must carry the current one.
     */
    public StoredObject update(ObjectPath path, Part part, Update update, WriteOptions options) {
        return StoreFailures.translated(() -> writer.update(format(path.type()), path, part, update, options));
    }

    /**
     * The change that a server-side apply makes; to be written with {@link Tracking.Given}. Of an empty object it makes
     * the new one.
     *
     * @param configuration left alone
     */
    public Update applying(ResourceType type, ObjectNode configuration, FieldManager manager, boolean isForced) {
        return current ->
                ownership.apply(type, current, configuration, manager, isForced, Metadata.time(clock.instant()));
    }

    /** Deletes an object, or marks it when finalizers or a grace period hold it. */
    public Deleted delete(ObjectPath path, DeleteOptions delete, WriteOptions options) {
        return StoreFailures.translated(() -> remover.delete(format(path.type()), path, delete, options));
    }
}
