package io.kvorum.registry;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.apimachinery.type.GroupVersionResource;

/**
 * Which objects to list, and as of when.
 *
 * @param namespace empty for all
 * @param limit most objects in the answer; 0 for all
 * @param continuation the token of the page before; empty for the first page
 * @param resourceVersion empty for "as of now", 0 for "whatever is at hand", else a revision
 * @param resourceVersionMatch empty, {@code NotOlderThan} or {@code Exact}
 */
public record ListOptions(
        String namespace,
        Selection selection,
        long limit,
        String continuation,
        String resourceVersion,
        String resourceVersionMatch) {
    public static final ListOptions ALL =
            new ListOptions("", Selection.everything(new GroupVersionResource("", "v1", "")), 0, "", "", "");

    public ListOptions in(String other) {
        return new ListOptions(other, selection, limit, continuation, resourceVersion, resourceVersionMatch);
    }

    public ListOptions page(long size, String token) {
        return new ListOptions(namespace, selection, size, token, resourceVersion, resourceVersionMatch);
    }

    public ListOptions at(String revision, String match) {
        return new ListOptions(namespace, selection, limit, continuation, revision, match);
    }

    public ListOptions selecting(Selection other) {
        return new ListOptions(namespace, other, limit, continuation, resourceVersion, resourceVersionMatch);
    }
}
