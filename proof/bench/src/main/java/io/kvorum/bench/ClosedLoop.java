package io.kvorum.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Clients that each send a request as soon as the one before is answered. One thread starts it, once. */
final class ClosedLoop {
    private static final long RETRY_MILLIS = 20;
    private static final long LAST_ANSWERS_SECONDS = 10;

    private final Window window;
    private final CountDownLatch running;
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<String> firstError = new AtomicReference<>("");
    private final List<Client> clients = new ArrayList<>();

    private ClosedLoop(Window window, int clients) {
        this.window = window;
        this.running = new CountDownLatch(clients);
    }

    /** What the clients saw within the window, and what was counted around it. */
    record Outcome<T>(Latencies latencies, double seconds, long errors, String firstError, T before, T after) {}

    /** @param meter read when the window begins and when it ends */
    static <T> Outcome<T> run(
            Workload workload, int clients, Wires.Bundle wires, Duration lead, Duration length, Supplier<T> meter) {
        ClosedLoop loop = new ClosedLoop(Window.in(lead, length), clients);
        try (ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor()) {
            for (int i = 0; i < clients; i++) {
                RandomGenerator random = RandomGenerator.of("Xoroshiro128PlusPlus");
                loop.clients.add(loop.new Client(workload.client(i, wires.of(i), random), retries));
            }
            loop.clients.forEach(Client::go);
            loop.window.awaitStart();
            T before = meter.get();
            loop.window.awaitEnd();
            T after = meter.get();
            loop.awaitLastAnswers();
            retries.shutdownNow();
            List<Latencies> parts =
                    loop.clients.stream().map(client -> client.latencies).toList();
            return new Outcome<>(
                    Latencies.merged(parts),
                    loop.window.seconds(),
                    loop.errors.get(),
                    String.valueOf(loop.firstError.get()),
                    before,
                    after);
        }
    }

    private void awaitLastAnswers() {
        try {
            if (!running.await(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS)) {
                errors.addAndGet(running.getCount());
                firstError.compareAndSet("", "no answer within " + LAST_ANSWERS_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Client implements Caller.Ending {
        private final Caller caller;
        private final ScheduledExecutorService retries;
        private final Latencies latencies = new Latencies();
        private long sent;

        private Client(Caller caller, ScheduledExecutorService retries) {
            this.caller = caller;
            this.retries = retries;
        }

        private void go() {
            sent = System.nanoTime();
            if (window.isOver(sent)) {
                running.countDown();
            } else {
                caller.call(this);
            }
        }

        @Override
        public void succeeded() {
            long now = System.nanoTime();
            if (window.holds(now)) {
                latencies.add(now - sent);
            }
            go();
        }

        @Override
        public void failed(Throwable reason) {
            firstError.compareAndSet("", String.valueOf(reason.getMessage()));
            errors.incrementAndGet();
            if (window.isOver(System.nanoTime())) {
                running.countDown();
            } else {
                var _ = retries.schedule(this::go, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }
}
