package io.kvorum.torture;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What was found wrong so far. Any thread. */
final class Verdict {
    private static final int MOST = 50;

    private final List<Violation> violations = new CopyOnWriteArrayList<>();

    /** A promise that was broken, and by what. */
    record Violation(String promise, String evidence) {
        @Override
        public String toString() {
            return promise + ": " + evidence;
        }
    }

    void broken(String promise, String evidence) {
        if (violations.size() < MOST) {
            violations.add(new Violation(promise, evidence));
        }
    }

    boolean isClean() {
        return violations.isEmpty();
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }
}
