package io.kvorum.torture;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tortures a cluster until told to stop. */
@Command(
        name = "torture",
        description = "Tortures a cluster of real processes until something breaks, time is up, or it is interrupted.",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    private static final long MOST_SECONDS_TO_END = 60;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seconds", description = "How long; without this and --hours, until interrupted.")
    private @Nullable Long seconds;

    @Option(names = "--hours")
    private @Nullable Long hours;

    @Option(names = "--seed", description = "The schedule of faults; a fresh one by default.")
    private @Nullable Long seed;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        long chosen = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
        var torture = new Torture(chosen, line -> {
            out.println(line);
            out.flush();
        });
        var over = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(endingOf(Thread.currentThread(), over));
        try {
            return torture.run(length()).isEmpty() ? 0 : 1;
        } finally {
            over.countDown();
        }
    }

    /** Whoever interrupts it still hears how it went, and no hosts stay behind. */
    private static Thread endingOf(Thread torturer, CountDownLatch over) {
        return new Thread(() -> {
            torturer.interrupt();
            try {
                boolean ignored = over.await(MOST_SECONDS_TO_END, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Duration length() {
        if (seconds != null) {
            return Duration.ofSeconds(seconds);
        }
        return hours == null ? Duration.ofDays(3650) : Duration.ofHours(hours);
    }
}
