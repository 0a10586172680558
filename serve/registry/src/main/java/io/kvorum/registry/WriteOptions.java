package io.kvorum.registry;

import io.kvorum.engine.Fence;
import org.jspecify.annotations.Nullable;

/**
 * How to write.
 *
 * @param isDryRun whether to do everything but the write
 * @param fence the term that the writer leads in; null for a writer that leads nothing
 */
public record WriteOptions(boolean isDryRun, @Nullable Fence fence, Gate gate) {
    public static final WriteOptions PLAIN = new WriteOptions(false, null, Gate.OPEN);
}
