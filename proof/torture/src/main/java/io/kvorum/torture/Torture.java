package io.kvorum.torture;

import io.kvorum.node.Logging;
import io.kvorum.torture.Trouble.Parts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cluster, tortured round after round until something breaks or time is up. Used once, by one thread. */
public final class Torture {
    private static final int HOSTS = 4;
    private static final int MEMBERS = 3;
    private static final Duration ROUND = Duration.ofSeconds(60);
    private static final Duration PROGRESS = Duration.ofSeconds(10);

    private final long seed;
    private final Consumer<String> out;
    private final Path folder;
    private final Tally tally = new Tally();
    private final Verdict verdict = new Verdict();

    /** @param out is told how it goes, line by line */
    public Torture(long seed, Consumer<String> out) {
        this.seed = seed;
        this.out = out;
        this.folder = Path.of(System.getProperty("java.io.tmpdir"), "kvorum-torture-" + seed);
    }

    /** Why links and disks cannot be made to fail on this machine; empty when they can. */
    public static Optional<String> whyNoFaults() {
        return LabSite.whyNot();
    }

    /** What was found wrong; empty when nothing was. Everything needed to look into it is kept then. */
    public List<String> run(Duration length) throws InterruptedException {
        out.accept("seed %d; again with the same: --seed %d".formatted(seed, seed));
        return run(length, null);
    }

    /** Something else than the seed's schedule to do to a cluster. */
    interface Trial {
        void make(Parts parts) throws InterruptedException;
    }

    List<String> run(Duration length, @Nullable Trial trial) throws InterruptedException {
        Logging.start(false);
        Rack.delete(folder);
        createFolder();
        Optional<String> noFaults = whyNoFaults();
        noFaults.ifPresent(reason -> out.accept("only processes fail, not links and disks: " + reason));
        try (Site site = noFaults.isEmpty() ? LabSite.up(folder, HOSTS) : new LoopbackSite(folder, HOSTS);
                Rack rack = new Rack(site, folder, JavaCommand.ofThisCheckout(), MEMBERS, tally)) {
            var parts = new Parts(site, rack, new Membership(rack, tally), tally, verdict, this::note);
            Thread progress = Thread.ofVirtual().name("progress").start(() -> tellProgress(parts));
            rack.startAll();
            try {
                rounds(parts, length, trial);
            } catch (InterruptedException e) {
                out.accept("interrupted: the last round is not judged");
            } finally {
                progress.interrupt();
                // what was begun is cleared away in any case
                boolean ignored = Thread.interrupted();
            }
            if (!verdict.isClean()) {
                keepData(rack);
            }
        }
        tally.summary().lines().forEach(out);
        verdict.violations().forEach(violation -> out.accept("VIOLATION " + violation));
        if (verdict.isClean()) {
            Rack.delete(folder);
        } else {
            out.accept("seed %d: the evidence is in %s".formatted(seed, folder));
        }
        return verdict.violations().stream().map(Verdict.Violation::promise).toList();
    }

    private void createFolder() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void rounds(Parts parts, Duration length, @Nullable Trial trial) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        if (!new Recovery(parts).recover(MEMBERS)) {
            return;
        }
        int number = 0;
        while (verdict.isClean() && System.nanoTime() < end) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            var round = new Round(parts, number, seed);
            Duration now = left.compareTo(ROUND) < 0 ? left : ROUND;
            boolean isWhole = trial == null ? round.run(now) : round.run(now, () -> trial.make(parts));
            if (!verdict.isClean()) {
                round.writeEvidence(folder);
            }
            number++;
            if (!isWhole || trial != null) {
                return;
            }
        }
    }

    private synchronized void note(String line) {
        try {
            Files.writeString(
                    folder.resolve("diary.txt"),
                    LocalTime.now(java.time.ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS) + " " + line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tellProgress(Parts parts) {
        long startedAt = System.nanoTime();
        long before = 0;
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PROGRESS.toMillis());
                long now = tally.operations();
                out.accept(String.format(
                        Locale.ROOT,
                        "%4d s: %d calls answered (%d/s), %d not; %d faults; %d members; longest gap %.1f s",
                        (System.nanoTime() - startedAt) / 1_000_000_000,
                        now,
                        (now - before) / PROGRESS.toSeconds(),
                        tally.unanswered(),
                        tally.faults(),
                        parts.rack().taken().size(),
                        tally.longestGap().toMillis() / 1000.0));
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepData(Rack rack) {
        for (Seat seat : rack.taken()) {
            Seat.Sitter sitter = seat.sitter();
            rack.kill(seat);
            if (sitter != null && Files.exists(sitter.data())) {
                Rack.copy(sitter.data(), folder.resolve("data-" + sitter.name()));
            }
        }
    }
}
