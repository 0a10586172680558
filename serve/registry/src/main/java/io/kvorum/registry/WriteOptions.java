package io.kvorum.registry;

import io.kvorum.engine.Fence;
import org.jspecify.annotations.Nullable;

/**
 * How to write.
 *
 * @param isDryRun whether to do everything but the write
 * @param term that the writer leads in, after whose end its writes fail; null for a writer that leads nothing
 * @param tracking who comes to own the fields that change
 */
public record WriteOptions(boolean isDryRun, @Nullable Long term, Gate gate, Tracking tracking) {
    public static final WriteOptions PLAIN = new WriteOptions(false, null, Gate.OPEN);

    public WriteOptions(boolean isDryRun, @Nullable Long term, Gate gate) {
        this(isDryRun, term, gate, new Tracking.Kept());
    }

    public WriteOptions tracked(Tracking other) {
        return new WriteOptions(isDryRun, term, gate, other);
    }

    @Nullable
    Fence fence() {
        return term == null ? null : new Fence(term);
    }
}
