package io.kvorum.controllers;

import io.kvorum.client.ObjectKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a controller has asked for and not yet seen in its informer, per key, so that a late copy does not make it ask
 * twice. An expectation is forgotten after five minutes, should an event be lost. Any thread.
 */
public final class Expectations {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final class Open {
        private int creations;
        private final Set<String> deletions = new HashSet<>();
        private long sinceNanos = System.nanoTime();
    }

    private final Map<ObjectKey, Open> open = new HashMap<>();

    /** Whether everything asked for has been seen. */
    public synchronized boolean areMet(ObjectKey key) {
        Open wanted = open.get(key);
        return wanted == null
                || (wanted.creations <= 0 && wanted.deletions.isEmpty())
                || System.nanoTime() - wanted.sinceNanos > PATIENCE.toNanos();
    }

    public synchronized void expectCreation(ObjectKey key) {
        Open wanted = renewed(key);
        wanted.creations++;
    }

    public synchronized void expectDeletion(ObjectKey key, String uid) {
        renewed(key).deletions.add(uid);
    }

    /** Seen in the informer, or refused by the server. */
    public synchronized void creationEnded(ObjectKey key) {
        Open wanted = open.get(key);
        if (wanted != null) {
            wanted.creations--;
        }
    }

    /** Seen in the informer, or refused by the server. */
    public synchronized void deletionEnded(ObjectKey key, String uid) {
        Open wanted = open.get(key);
        if (wanted != null) {
            wanted.deletions.remove(uid);
        }
    }

    public synchronized void forget(ObjectKey key) {
        open.remove(key);
    }

    private Open renewed(ObjectKey key) {
        Open wanted = open.get(key);
        if (wanted == null || (wanted.creations <= 0 && wanted.deletions.isEmpty())) {
            wanted = new Open();
            open.put(key, wanted);
        }
        wanted.sinceNanos = System.nanoTime();
        return wanted;
    }
}
