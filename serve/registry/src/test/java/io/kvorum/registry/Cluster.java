package io.kvorum.registry;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.Store;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.registry.cache.CacheBudget;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.StoredObject;
import io.kvorum.registry.cache.WatchEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A registry on a store in memory, with short words for what tests do; closed at the end of each test. */
final class Cluster implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final JsonMapper JSON = new JsonMapper();

    final Store store;
    final Registry registry;
    final ResourceType pods = type("v1", "pods");
    final ResourceType configMaps = type("v1", "configmaps");
    final ResourceType namespaces = type("v1", "namespaces");
    final ResourceType services = type("v1", "services");
    final ResourceType deployments = type("apps/v1", "deployments");
    final ResourceType jobs = type("batch/v1", "jobs");

    Cluster() {
        this(RegistryConfiguration.STANDARD);
    }

    Cluster(RegistryConfiguration configuration) {
        this(new MemoryStore(), configuration);
    }

    Cluster(Store store, RegistryConfiguration configuration) {
        this.store = store;
        registry = new Registry(store, CATALOGUE, InstantSource.fixed(NOW), new Random(42), configuration);
        registry.start();
    }

    /** The same on the store that servers have. */
    static Cluster onDisk(Path folder) {
        Store store = EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.fixed(NOW));
        return new Cluster(store, RegistryConfiguration.STANDARD);
    }

    MemoryStore memory() {
        return (MemoryStore) store;
    }

    static RegistryConfiguration withRing(long bytes) {
        RegistryConfiguration standard = RegistryConfiguration.STANDARD;
        return new RegistryConfiguration(
                standard.serviceRanges(),
                standard.nodePorts(),
                new CacheBudget(bytes),
                standard.eventLifetime(),
                standard.history(),
                standard.seal());
    }

    static RegistryConfiguration sealedBy(ValueSeal seal) {
        RegistryConfiguration standard = RegistryConfiguration.STANDARD;
        return new RegistryConfiguration(
                standard.serviceRanges(),
                standard.nodePorts(),
                standard.cache(),
                standard.eventLifetime(),
                standard.history(),
                seal);
    }

    static ResourceType type(String groupVersion, String plural) {
        return CATALOGUE
                .resource(GroupVersion.parse(groupVersion).resource(plural))
                .orElseThrow();
    }

    /** JSON with single quotes. */
    static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    static ObjectNode configMap(String name, String value) {
        return json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s'},'data':{'value':'%s'}}"
                .formatted(name, value));
    }

    static ObjectNode pod(String name) {
        return json("""
                {'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s'},
                 'spec':{'terminationGracePeriodSeconds':30,'containers':[{'name':'main','image':'nginx'}]}}""".formatted(name));
    }

    static ObjectNode deployment(String name) {
        return json("""
                {'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'%s'},
                 'spec':{'replicas':1,'selector':{'matchLabels':{'app':'web'}},
                  'template':{'metadata':{'labels':{'app':'web'}},
                   'spec':{'containers':[{'name':'main','image':'nginx'}]}}}}""".formatted(name));
    }

    ObjectNode create(ResourceType type, ObjectNode object) {
        String namespace = type.isNamespaced() ? "default" : "";
        return registry.tree(type, registry.create(type, namespace, object, WriteOptions.PLAIN));
    }

    ObjectPath path(ResourceType type, String name) {
        return new ObjectPath(type, type.isNamespaced() ? "default" : "", name);
    }

    ObjectNode get(ResourceType type, String name) {
        return registry.tree(type, registry.get(path(type, name)).object());
    }

    ObjectNode update(ResourceType type, String name, Update update) {
        return update(type, name, Part.OBJECT, update);
    }

    ObjectNode update(ResourceType type, String name, Part part, Update update) {
        return registry.tree(type, registry.update(path(type, name), part, update, WriteOptions.PLAIN));
    }

    Deleted delete(ResourceType type, String name) {
        return registry.delete(path(type, name), DeleteOptions.PLAIN, WriteOptions.PLAIN);
    }

    List<String> names(ResourceType type, ObjectList list) {
        List<String> names = new ArrayList<>();
        for (StoredObject item : list.items()) {
            names.add(Metadata.of(registry.tree(type, item)).name());
        }
        return names;
    }

    ObjectWatch watch(ResourceType type, String resourceVersion) {
        return watch(type, resourceVersion, Selection.everything(type.id()));
    }

    ObjectWatch watch(ResourceType type, String resourceVersion, Selection selection) {
        return registry.watch(
                type, new WatchOptions("", selection, resourceVersion, WatchOptions.InitialEvents.AS_THE_VERSION_SAYS));
    }

    /** Events such as {@code ADDED a} until there are as many as wanted; waits for each a while. */
    List<String> events(ResourceType type, ObjectWatch watch, int wanted) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        watch.initialEvents().forEach(event -> seen.add(text(type, event)));
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (seen.size() < wanted && System.nanoTime() < deadline) {
            watch.next(Duration.ofMillis(100)).forEach(event -> seen.add(text(type, event)));
        }
        return seen;
    }

    String text(ResourceType type, WatchEvent event) {
        return event.type() + " "
                + Metadata.of(registry.tree(type, event.object())).name();
    }

    Selection labelled(ResourceType type, String selector) {
        return Selection.parse(type.id(), selector, "");
    }

    @Override
    public void close() {
        registry.close();
        store.close();
    }
}
