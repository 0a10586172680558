package io.kvorum.controllers.replicaset;

import java.util.Optional;

/** The counts both kinds report, and why replicas could not be made or removed, if so. */
record ReplicaStatus(
        int replicas, int fullyLabeled, int ready, int available, long observedGeneration, Optional<Failure> failure) {
    /** Reason {@code FailedCreate} or {@code FailedDelete} with the server's words. */
    record Failure(String reason, String message) {}
}
