package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One informer per kind and scope, shared by all who ask for it. Ask first, then {@link #start}; safe from any thread. */
public final class Informers implements AutoCloseable {
    private record Wish(Class<?> kind, Scope scope) {}

    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final Map<Wish, Informer<?>> informers = new LinkedHashMap<>();

    public Informers(KubernetesClient client) {
        this.client = client;
    }

    public <T extends HasMetadata> Informer<T> of(Class<T> kind) {
        return of(kind, Scope.ALL);
    }

    @SuppressWarnings("unchecked") // the map's key names the kind of its value
    public synchronized <T extends HasMetadata> Informer<T> of(Class<T> kind, Scope scope) {
        return (Informer<T>)
                informers.computeIfAbsent(new Wish(kind, scope), wish -> new Informer<>(source(kind, scope)));
    }

    /** Starts those not yet running and waits for their first lists; false when the time was too short. */
    public boolean start(Duration wait) throws InterruptedException {
        List<CompletableFuture<Void>> starting = new ArrayList<>();
        synchronized (this) {
            informers.values().forEach(informer -> starting.add(informer.start()));
        }
        try {
            CompletableFuture.allOf(starting.toArray(CompletableFuture[]::new))
                    .get(wait.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    @Override
    public synchronized void close() {
        informers.values().forEach(Informer::stop);
    }

    private <T extends HasMetadata> SharedIndexInformer<T> source(Class<T> kind, Scope scope) {
        var kinds = client.resources(kind);
        if (scope.namespace().isPresent()) {
            var some = kinds.inNamespace(scope.namespace().get());
            return scope.field().isPresent()
                    ? some.withField(
                                    scope.field().get().path(),
                                    scope.field().get().value())
                            .withLimit(PAGE)
                            .runnableInformer(0)
                    : some.withLimit(PAGE).runnableInformer(0);
        }
        var all = kinds.inAnyNamespace();
        return scope.field().isPresent()
                ? all.withField(scope.field().get().path(), scope.field().get().value())
                        .withLimit(PAGE)
                        .runnableInformer(0)
                : all.withLimit(PAGE).runnableInformer(0);
    }
}
