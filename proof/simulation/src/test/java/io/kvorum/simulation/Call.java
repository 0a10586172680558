package io.kvorum.simulation;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One blocking call of the store, on a thread of its own; the simulation waits wherever it could not know what is next. */
final class Call<T> {
    private final Supplier<T> act;
    private final Consumer<Outcome<T>> then;
    private @Nullable Thread thread;
    private volatile @Nullable Outcome<T> outcome;

    /** Written and read by the simulation's thread. */
    private boolean isDelivered;

    Call(Supplier<T> act, Consumer<Outcome<T>> then) {
        this.act = act;
        this.then = then;
    }

    void start(Consumer<Call<?>> whenOver) {
        thread = Thread.ofVirtual().name("call").start(() -> {
            try {
                outcome = new Outcome.Answered<>(act.get());
            } catch (RuntimeException e) {
                outcome = new Outcome.Failed<>(e);
            }
            whenOver.accept(this);
        });
    }

    /** Whether its thread waits for something that another one must do. */
    boolean isParked() {
        Thread its = thread;
        return its != null && its.getState() == Thread.State.TIMED_WAITING;
    }

    boolean isOver() {
        return outcome != null;
    }

    void deliver() {
        Outcome<T> its = outcome;
        finish(its == null ? new Outcome.Silence<>() : its);
    }

    void abandon() {
        finish(new Outcome.Silence<>());
    }

    private void finish(Outcome<T> its) {
        if (!isDelivered) {
            isDelivered = true;
            then.accept(its);
        }
    }
}
