package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A local, indexed, slightly late copy of the objects of one kind. What it returns is shared: never change it. Add
 * indexes and listeners before {@link Informers#start}; read from any thread.
 */
public final class Informer<T extends HasMetadata> {
    private static final String BY_OWNER = "controller-uid";

    /** Told about each change on the informer's own thread, one at a time; must not block. */
    @FunctionalInterface
    public interface Listener<T> {
        /** {@code before} is null for a new object, {@code after} for a deleted one; never both. */
        void changed(@Nullable T before, @Nullable T after);
    }

    private final SharedIndexInformer<T> source;
    private volatile @Nullable CompletableFuture<Void> started;

    Informer(SharedIndexInformer<T> source) {
        this.source = source;
        source.itemStore(new SlimStore<>());
        source.exceptionHandler((isStarted, failure) -> true); // whatever broke, list and watch again
        source.addIndexers(Map.of(BY_OWNER, Informer::controllerUid));
    }

    public Optional<T> find(ObjectKey key) {
        return Optional.ofNullable(source.getStore().getByKey(key.toString()));
    }

    public List<T> all() {
        return source.getStore().list();
    }

    public List<T> inNamespace(String namespace) {
        return source.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
    }

    /** The objects whose controller has this uid. */
    public List<T> controlledBy(String ownerUid) {
        return source.getIndexer().byIndex(BY_OWNER, ownerUid);
    }

    public void addIndex(String name, Function<T, List<String>> valuesOf) {
        source.addIndexers(Map.of(name, valuesOf));
    }

    public List<T> byIndex(String name, String value) {
        return source.getIndexer().byIndex(name, value);
    }

    public Informer<T> onChange(Listener<? super T> listener) {
        source.addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                listener.changed(null, object);
            }

            @Override
            public void onUpdate(T before, T after) {
                listener.changed(before, after);
            }

            @Override
            public void onDelete(T object, boolean finalStateUnknown) {
                listener.changed(object, null);
            }
        });
        return this;
    }

    /** Starts once; later calls return the same future, which completes when the first list has arrived. */
    synchronized CompletableFuture<Void> start() {
        CompletableFuture<Void> running = started;
        if (running == null) {
            running = source.start().toCompletableFuture();
            started = running;
        }
        return running;
    }

    void stop() {
        source.stop();
    }

    private static List<String> controllerUid(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .toList();
    }

    /** Drops the record of who owns which field, the largest part of many objects, before it is kept. */
    private static final class SlimStore<T extends HasMetadata> extends BasicItemStore<T> {
        SlimStore() {
            super(Cache::metaNamespaceKeyFunc);
        }

        @Override
        public T put(String key, T object) {
            object.getMetadata().setManagedFields(List.of());
            return super.put(key, object);
        }
    }
}
