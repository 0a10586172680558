package io.kvorum.kubelet.pod;

import java.time.Duration;
import java.time.Instant;

/** What is wanted of a pod as a whole. */
sealed interface Intent {
    record Run() implements Intent {}

    /** All its containers end; the object stays and tells how. */
    record Finish(Duration grace, Instant since) implements Intent {}

    /** All of it goes, and then its object. */
    record Delete(Duration grace, Instant since) implements Intent {}
}
