package io.kvorum.registry;

import io.kvorum.apimachinery.selector.Selection;

/**
 * Which changes to watch, and from when.
 *
 * @param namespace empty for all
 * @param resourceVersion empty or 0 to begin with the objects that are there, else the changes behind it
 */
public record WatchOptions(String namespace, Selection selection, String resourceVersion, InitialEvents initialEvents) {
    /** Whether the objects that are there come first. */
    public enum InitialEvents {
        /** When the resourceVersion is empty or 0. */
        AS_THE_VERSION_SAYS,
        ALWAYS,
        NEVER
    }
}
