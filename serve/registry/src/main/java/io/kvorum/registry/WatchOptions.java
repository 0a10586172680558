package io.kvorum.registry;

import io.kvorum.apimachinery.selector.Selection;

/**
 * Which changes to watch, and from when.
 *
 * @param namespace empty for all
 * @param resourceVersion empty or 0 to begin with the objects that are there, else the changes behind it
 * @param wantsInitialEvents the stream's own way to list: objects first, whatever the resourceVersion
 */
public record WatchOptions(String namespace, Selection selection, String resourceVersion, boolean wantsInitialEvents) {}
