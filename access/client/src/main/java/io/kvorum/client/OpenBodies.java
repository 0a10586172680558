package io.kvorum.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The answers still being read by a client and those derived from it, so that closing it ends their threads. Any thread. */
final class OpenBodies {
    private final Set<InProcessBody> bodies = ConcurrentHashMap.newKeySet();

    void add(InProcessBody body) {
        bodies.add(body);
    }

    void remove(InProcessBody body) {
        bodies.remove(body);
    }

    void cancelAll() {
        bodies.forEach(InProcessBody::cancel);
    }
}
