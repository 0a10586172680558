package io.kvorum.registry.cache;

/**
 * How much memory the watch cache may use.
 *
 * @param ringBytes of recent changes kept per resource; a watcher that falls further behind lists anew
 */
public record CacheBudget(long ringBytes) {
    /** A thousand changes of a pod of 4 KiB, twice what etcd's default keeps of a busy resource. */
    public static final CacheBudget STANDARD = new CacheBudget(8L << 20);
}
