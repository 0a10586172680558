package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.client.ControlLoop;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A controller whose work is cut into keys, one worker at a time on each. */
public abstract class KeyedController implements Controller {
    private final ControlLoop loop;

    protected KeyedController(String name, int workers) {
        this.loop = new ControlLoop(name, workers, this::reconcile);
    }

    /** Brings the world in line with what the object of this key asks for. */
    protected abstract Result reconcile(ObjectKey key);

    protected final void enqueue(ObjectKey key) {
        loop.enqueue(key);
    }

    protected final void enqueueAfter(ObjectKey key, Duration delay) {
        loop.enqueueAfter(key, delay);
    }

    /** Looks at an object whenever it changes. */
    protected final <T extends HasMetadata> void follow(Informer<T> informer) {
        informer.onChange((before, after) -> enqueue(ObjectKey.of(newest(before, after))));
    }

    /** Looks at the controller of the given kind whenever one of its objects changes. */
    protected final <T extends HasMetadata> void followOwners(Informer<T> informer, String ownerKind) {
        informer.onChange((before, after) -> {
            enqueueOwner(before, ownerKind);
            enqueueOwner(after, ownerKind);
        });
    }

    private void enqueueOwner(@Nullable HasMetadata object, String ownerKind) {
        if (object != null) {
            Owners.controllerOf(object)
                    .filter(owner -> owner.getKind().equals(ownerKind))
                    .ifPresent(
                            owner -> enqueue(new ObjectKey(object.getMetadata().getNamespace(), owner.getName())));
        }
    }

    protected static <T> T newest(@Nullable T before, @Nullable T after) {
        if (after != null) {
            return after;
        }
        if (before == null) {
            throw new IllegalArgumentException("a change has a state before or after");
        }
        return before;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.close();
    }
}
