package io.kvorum.cli;

import java.util.concurrent.CountDownLatch;

/** SIGTERM and SIGINT as a latch; the process ends when this is closed, so that parts can be stopped in order before. */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    StopSignal() {
        // the signal runs this hook; the process ends when it returns
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            asked.countDown();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** Opens when somebody asks the process to end. */
    CountDownLatch asked() {
        return asked;
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
