package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final WorkQueue<String> queue = new WorkQueue<>(new Backoff(Duration.ofMillis(5), Duration.ofSeconds(1)));

    @Test
    void aKeyAddedTwiceIsWorkedOnOnce() throws Exception {
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assertThat(queue.take(NOW)).contains("a");
        assertThat(queue.take(NOW)).contains("b");
        assertThat(queue.take(NOW)).isEmpty();
    }

    @Test
    void aKeyAddedWhileWorkedOnComesBackAfterwards() throws Exception {
        queue.add("a");
        queue.take(NOW);
        queue.add("a");
        assertThat(queue.take(NOW)).isEmpty();
        queue.done("a");
        assertThat(queue.take(NOW)).contains("a");
    }

    @Test
    void ofSeveralDelaysTheShortestCounts() throws Exception {
        queue.addAfter("a", Duration.ofHours(1));
        queue.addAfter("a", Duration.ofMillis(20));
        queue.addAfter("a", Duration.ofHours(2));
        assertThat(queue.take(SOON)).contains("a");
        queue.done("a");
        assertThat(queue.take(Duration.ofMillis(30))).isEmpty();
    }

    @Test
    void failuresWaitLongerEachTimeUntilForgotten() {
        Backoff backoff = Backoff.CONTROLLER;
        assertThat(backoff.after(1)).isEqualTo(Duration.ofMillis(5));
        assertThat(backoff.after(4)).isEqualTo(Duration.ofMillis(40));
        assertThat(backoff.after(1000)).isEqualTo(Duration.ofSeconds(1000));
        assertThat(queue.addFailed("a")).isEqualTo(1);
        assertThat(queue.addFailed("a")).isEqualTo(2);
        queue.forgetFailures("a");
        assertThat(queue.addFailed("a")).isEqualTo(1);
    }

    @Test
    void aClosedQueueWakesItsWaiter() throws Exception {
        Thread closer = Thread.ofVirtual().start(queue::close);
        assertThat(queue.take(SOON)).isEqualTo(Optional.empty());
        closer.join();
        assertThat(queue.isClosed()).isTrue();
    }
}
