package io.kvorum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    @Test
    void aClientHasOneRequestUnderWayAtMost() {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ExecutorService server = Executors.newSingleThreadExecutor()) {
            Caller caller = ending -> {
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                server.execute(() -> {
                    underWay.decrementAndGet();
                    ending.succeeded();
                });
            };

            ClosedLoop.Outcome<Long> outcome = run(caller, Duration.ofMillis(50));

            assertThat(most).hasValue(1);
            assertThat(outcome.latencies().size()).isPositive();
            assertThat(outcome.errors()).isZero();
            assertThat(outcome.after() - outcome.before()).isGreaterThanOrEqualTo(20_000_000);
        }
    }

    @Test
    void anErrorIsCountedAndTheClientGoesOn() {
        AtomicInteger calls = new AtomicInteger();
        try (ExecutorService server = Executors.newSingleThreadExecutor()) {
            Caller caller = ending -> server.execute(() -> {
                if (calls.incrementAndGet() == 1) {
                    ending.failed(new IllegalStateException("no leader"));
                } else {
                    ending.succeeded();
                }
            });

            ClosedLoop.Outcome<Long> outcome = run(caller, Duration.ofSeconds(1));

            assertThat(outcome.errors()).isOne();
            assertThat(outcome.firstError()).isEqualTo("no leader");
            assertThat(calls.get()).isGreaterThan(1);
        }
    }

    private static ClosedLoop.Outcome<Long> run(Caller caller, Duration length) {
        return ClosedLoop.run(
                (number, channel, random) -> caller,
                1,
                new Wires.Bundle(List.of(new Unused())),
                Duration.ofMillis(30),
                length,
                System::nanoTime);
    }
}
