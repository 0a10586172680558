package io.kvorum.registry;

import io.kvorum.engine.Fence;
import org.jspecify.annotations.Nullable;

/**
 * How to write.
 *
 * @param isDryRun whether to do everything but the write
 * @param term that the writer leads in, after whose end its writes fail; null for a writer that leads nothing
 */
public record WriteOptions(boolean isDryRun, @Nullable Long term, Gate gate) {
    public static final WriteOptions PLAIN = new WriteOptions(false, null, Gate.OPEN);

    @Nullable
    Fence fence() {
        return term == null ? null : new Fence(term);
    }
}
