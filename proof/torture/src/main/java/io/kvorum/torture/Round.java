package io.kvorum.torture;

import io.kvorum.torture.Trouble.Parts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Load and faults for a while, then a judgement; on a running cluster. Used once, by one thread. */
final class Round {
    private static final int REGISTER_CLIENTS = 6;
    private static final int TRANSFER_CLIENTS = 2;
    private static final int STALE_CLIENTS = 2;
    private static final int LEASE_CLIENTS = 3;
    private static final int WATCHERS = 4;
    private static final int FEWEST_MEMBERS = 3;
    private static final long HISTORY_KEPT = 300;
    private static final Duration CATCH_UP = Duration.ofSeconds(40);

    private final Parts parts;
    private final Tally tally;
    private final Recovery recovery;
    private final Book book;
    private final Random random;
    private final String prefix;
    private final AtomicBoolean clientsAreOver = new AtomicBoolean();
    private final AtomicBoolean watchersAreOver = new AtomicBoolean();
    private final List<Thread> clients = new ArrayList<>();
    private final List<Watching> watchers = new ArrayList<>();
    private final List<Thread> watcherThreads = new ArrayList<>();

    Round(Parts parts, int number, long seed) {
        this.parts = parts;
        this.tally = parts.tally();
        this.recovery = new Recovery(parts);
        this.book = new Book(parts.verdict());
        this.random = new Random(seed * 31 + number);
        this.prefix = "round" + number;
    }

    /** False when it makes no sense to go on: the cluster did not recover. */
    boolean run(Duration length) throws InterruptedException {
        return run(length, () -> makeTrouble(length));
    }

    /** What is done to the cluster while clients are at work. */
    interface Trial {
        void make() throws InterruptedException;
    }

    boolean run(Duration length, Trial trial) throws InterruptedException {
        long first = recovery.revision().orElse(0L) + 1;
        startWatchers(first);
        startClients();
        tally.underFaults(true);
        trial.make();
        clientsAreOver.set(true);
        join(clients);
        tally.underFaults(false);
        boolean isWhole = recovery.recover(FEWEST_MEMBERS);
        long last = recovery.revision().orElse(0L);
        if (isWhole) {
            Recovery.await(() -> watchers.stream().allMatch(watcher -> watcher.next() > last), CATCH_UP);
        }
        watchersAreOver.set(true);
        join(watcherThreads);
        if (isWhole) {
            watchers.stream()
                    .filter(watcher -> watcher.next() <= last)
                    .forEach(watcher -> parts.verdict()
                            .broken(
                                    "a watcher is told in the end",
                                    "%s was told up to revision %d of %d"
                                            .formatted(watcher.name(), watcher.next() - 1, last)));
            recovery.compareHashes(last);
        }
        new Judge(book, tally).judge();
        return isWhole;
    }

    private void startWatchers(long firstRevision) {
        for (int i = 0; i < WATCHERS; i++) {
            var watching = new Watching(
                    "watcher " + i,
                    parts.rack(),
                    new Random(random.nextLong()),
                    book,
                    firstRevision,
                    watchersAreOver::get);
            watchers.add(watching);
            watcherThreads.add(Thread.ofVirtual().name(watching.name()).start(watching));
        }
    }

    private interface Life {
        void live(Caller caller) throws InterruptedException;
    }

    private void startClients() {
        var lives = new Clients(prefix, clientsAreOver::get);
        Stream.generate(() -> (Life) lives::registers).limit(REGISTER_CLIENTS).forEach(this::start);
        Stream.generate(() -> (Life) lives::transfers).limit(TRANSFER_CLIENTS).forEach(this::start);
        Stream.generate(() -> (Life) lives::staleReads).limit(STALE_CLIENTS).forEach(this::start);
        for (int i = 0; i < LEASE_CLIENTS; i++) {
            start(caller -> new LeaseHolder(caller, parts.rack(), book, tally, prefix, clientsAreOver::get).run());
        }
        clients.add(Thread.ofVirtual().name("connections").start(this::keepConnecting));
    }

    private void start(Life life) {
        int number = clients.size();
        var caller = new Caller(number, parts.rack(), new Random(random.nextLong()), book, tally);
        clients.add(Thread.ofVirtual().name("client-" + number).start(() -> {
            try {
                life.live(caller);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                parts.verdict().broken("clients do not fail", "client %d: %s".formatted(number, e));
                e.printStackTrace();
            }
        }));
    }

    private void keepConnecting() {
        try {
            while (!watchersAreOver.get()) {
                parts.rack().retryConnections();
                TimeUnit.MILLISECONDS.sleep(300);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            if (!thread.getName().equals("connections")) {
                thread.join(Duration.ofSeconds(30));
            }
        }
    }

    private void makeTrouble(Duration length) throws InterruptedException {
        var faults = new Trouble(parts, new Random(random.nextLong()), this::mayCompactTo);
        var upkeep = new Trouble(parts, new Random(random.nextLong()), this::mayCompactTo);
        Schedule faultSchedule = Schedule.faults(random, length, parts.site().hasFaults());
        Schedule upkeepSchedule = Schedule.upkeep(random, length);
        long end = System.nanoTime() + length.toNanos();
        Thread administrator = Thread.ofVirtual().name("upkeep").start(() -> {
            try {
                upkeep.run(upkeepSchedule, () -> System.nanoTime() > end);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        faults.run(faultSchedule, () -> System.nanoTime() > end);
        administrator.join();
    }

    /** What every watcher was told of long ago. */
    private long mayCompactTo() {
        return watchers.stream().mapToLong(Watching::next).min().orElse(0) - HISTORY_KEPT;
    }

    /** Writes down everything that clients asked and heard. */
    void writeEvidence(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.write(
                    folder.resolve(prefix + "-calls.txt"),
                    book.deeds().stream().map(Deed::toString).toList());
            Files.write(
                    folder.resolve(prefix + "-history.txt"), book.chronicle().lines());
            Files.write(
                    folder.resolve(prefix + "-leases.txt"),
                    book.leases().stream().map(Object::toString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the evidence in " + folder, e);
        }
    }
}
