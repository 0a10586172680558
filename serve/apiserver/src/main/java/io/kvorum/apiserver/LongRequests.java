package io.kvorum.apiserver;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The watches, logs and execs that run now, so that a stop can end them; any thread. */
final class LongRequests {
    /** What a request does. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    void during(Work work) throws IOException {
        threads.add(Thread.currentThread());
        try {
            work.run();
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    void interruptAll() {
        threads.forEach(Thread::interrupt);
    }
}
