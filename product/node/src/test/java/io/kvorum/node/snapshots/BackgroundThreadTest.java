package io.kvorum.node.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BackgroundThreadTest {
    @Test
    void theKernelPrefersAllOtherThreads() {
        int before = policy();

        int during = BackgroundThread.call("background", BackgroundThreadTest::policy);

        assertThat(during).isEqualTo(BackgroundThread.SCHED_IDLE).isNotEqualTo(before);
        assertThat(policy()).isEqualTo(before);
    }

    @Test
    void aFailureReachesTheCallerAsItIs() {
        var failure = new IllegalStateException("the disk is full");

        assertThatThrownBy(() -> BackgroundThread.call("background", () -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void whoIsInterruptedInterruptsTheWorkAndWaitsForItsEnd() throws InterruptedException {
        var began = new CountDownLatch(1);
        var outcome = new AtomicReference<String>();
        Thread caller = Thread.ofVirtual().start(() -> {
            String answer = BackgroundThread.call("background", () -> {
                began.countDown();
                try {
                    new CountDownLatch(1).await();
                    return "went on";
                } catch (InterruptedException e) {
                    return "ended";
                }
            });
            outcome.set(answer + ", interrupted: " + Thread.currentThread().isInterrupted());
        });

        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();

        assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
        assertThat(outcome).hasValue("ended, interrupted: true");
    }

    /** By which the kernel gives this thread the processor. */
    private static int policy() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(behindName[38]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
