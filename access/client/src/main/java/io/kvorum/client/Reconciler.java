package io.kvorum.client;

/** Brings one object's world in line with what it asks for. Never called twice at once for one key; an exception means back-off. */
@FunctionalInterface
public interface Reconciler {
    Result reconcile(ObjectKey key);
}
