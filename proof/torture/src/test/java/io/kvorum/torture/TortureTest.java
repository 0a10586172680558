package io.kvorum.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.torture.Trouble.Parts;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real processes. {@code -Dtorture.seed=N} repeats a schedule of faults. */
class TortureTest {
    private static final Duration LENGTH = Duration.ofSeconds(50);

    @BeforeEach
    void aLabIsPossible() {
        Optional<String> whyNot = Torture.whyNoFaults();
        assumeTrue(whyNot.isEmpty(), () -> whyNot.orElse(""));
    }

    @Test
    void nothingPromisedIsBrokenUnderFaults() throws InterruptedException {
        String given = System.getProperty("torture.seed", "");
        long seed = given.isEmpty() ? new SecureRandom().nextInt(Integer.MAX_VALUE) : Long.parseLong(given);
        System.err.println("torture: seed " + seed + " (again: -Dtorture.seed=" + seed + ")");
        List<String> output = new ArrayList<>();
        List<String> broken = new Torture(seed, line -> {
                    output.add(line);
                    System.err.println("torture: " + line);
                })
                .run(LENGTH);

        assertThat(broken).as(() -> String.join("\n", output)).isEmpty();
    }

    /** A majority whose data goes back to what it was is beyond what any store survives: it must not go unnoticed. */
    @Test
    void aMajorityThatForgetsWhatItAcknowledgedIsReported() throws InterruptedException {
        List<String> output = new ArrayList<>();
        List<String> broken = new Torture(7, output::add).run(LENGTH, TortureTest::rollBackMost);

        assertThat(broken).as(() -> String.join("\n", output)).isNotEmpty();
        Rack.delete(Path.of(System.getProperty("java.io.tmpdir"), "kvorum-torture-7"));
    }

    private static void rollBackMost(Parts parts) throws InterruptedException {
        Rack rack = parts.rack();
        List<Seat> most = rack.taken().subList(0, 2);
        Seat last = rack.taken().get(2);
        TimeUnit.SECONDS.sleep(2);
        most.forEach(rack::kill);
        most.forEach(seat -> Rack.copy(data(seat), backup(seat)));
        most.forEach(rack::restart);
        awaitAnswers(rack, most);
        TimeUnit.SECONDS.sleep(3);
        most.forEach(rack::kill);
        rack.kill(last);
        most.forEach(seat -> Rack.delete(data(seat)));
        most.forEach(seat -> Rack.copy(backup(seat), data(seat)));
        most.forEach(rack::restart);
        awaitAnswers(rack, most);
        TimeUnit.SECONDS.sleep(2);
        rack.restart(last);
    }

    private static void awaitAnswers(Rack rack, List<Seat> seats) throws InterruptedException {
        for (Seat seat : seats) {
            boolean answers = Recovery.await(
                    () -> Trouble.revision(rack.door(seat.host()), Duration.ofSeconds(1))
                            .isPresent(),
                    Duration.ofSeconds(30));
            assertThat(answers).as("h%d answers", seat.host()).isTrue();
        }
    }

    private static Path data(Seat seat) {
        Seat.Sitter sitter = seat.sitter();
        if (sitter == null) {
            throw new IllegalStateException("nobody sits on host " + seat.host());
        }
        return sitter.data();
    }

    private static Path backup(Seat seat) {
        return data(seat).resolveSibling("backup");
    }
}
