package io.kvorum.simulation;

import io.kvorum.engine.Upkeep;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** One run: a cluster, its clients and their bad luck, all of it drawn from one seed. */
final class Simulation {
    private static final long TROUBLE_MICROS = 4_000_000;
    private static final long CALM_MICROS = 30_000_000;
    private static final int CLIENTS = 4;

    private final Agenda agenda;
    private final World world;
    private final Cluster cluster;
    private final Ledger ledger;
    private final Fences fences;
    private final Chaos chaos;
    private final List<Client> clients = new ArrayList<>();
    private final List<LeaseClient> leaseClients = new ArrayList<>();
    private final List<WatchClient> watches = new ArrayList<>();
    private final int size;

    private Simulation(long seed, Mutant mutant, Path scratch, Path library) {
        agenda = new Agenda(new Random(seed));
        World built = new World(
                agenda,
                new Network(agenda),
                new Doorbell(),
                new History(),
                new Commits(),
                new LeaseLedger(),
                mutant,
                scratch,
                library);
        world = built;
        size = mutant == Mutant.NONE ? List.of(1, 3, 3, 3, 5).get((int) agenda.between(0, 4)) : 3;
        cluster = new Cluster(world, size);
        ledger = new Ledger(world.history());
        fences = new Fences(world, cluster);
        chaos = new Chaos(world, cluster, size == 3 && mutant == Mutant.NONE && agenda.chance(0.5));
        for (int id = 1; id <= CLIENTS; id++) {
            clients.add(new Client(id, world, cluster, ledger, fences));
        }
        leaseClients.add(new LeaseClient(1, world, cluster, ledger));
        leaseClients.add(new LeaseClient(2, world, cluster, ledger));
        watches.add(new WatchClient(world, cluster, KeyRange.all()));
        watches.add(new WatchClient(world, cluster, KeyRange.prefix(Key.of("t"))));
        watches.add(new WatchClient(world, cluster, KeyRange.single(Key.of("r1"))));
        watches.add(new WatchClient(
                world,
                cluster,
                KeyRange.between(Key.of("l").bytes(), Key.of("r2").bytes())));
    }

    /** What happened in a run, so that one can see that something did. */
    record Report(
            long seed,
            int members,
            long steps,
            long entries,
            long revisions,
            long crashes,
            long installs,
            long calls,
            long events,
            long undecided,
            long trace) {}

    /** @throws Violation with the seed in its text */
    static Report run(long seed, Mutant mutant) {
        Path scratch = scratch();
        try {
            Path library = Files.createDirectories(scratch.resolveSibling("kvorum-simulation-lib"));
            Simulation simulation = new Simulation(seed, mutant, scratch, library);
            try {
                return simulation.run(seed);
            } finally {
                simulation.cluster.closeAll();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Violation | RuntimeException e) {
            throw new SeedFailed(seed, e);
        } finally {
            delete(scratch);
        }
    }

    private Report run(long seed) {
        chaos.start();
        clients.forEach(Client::start);
        leaseClients.forEach(LeaseClient::start);
        watches.forEach(WatchClient::start);
        while (agenda.runNext(TROUBLE_MICROS)) {
            // On with the next one.
        }
        chaos.stop();
        clients.forEach(Client::stop);
        leaseClients.forEach(LeaseClient::stop);
        calmDown();
        watches.forEach(WatchClient::stop);
        watches.forEach(WatchClient::finish);
        checkHashes();
        ledger.checkAll();
        fences.check(world.history());
        return new Report(
                seed,
                size,
                agenda.steps(),
                world.commits().count(),
                world.history().newest(),
                cluster.all().stream().mapToLong(SimulatedMember::starts).sum()
                        - cluster.all().size(),
                cluster.all().stream().mapToLong(SimulatedMember::installs).sum(),
                ledger.checked(),
                watches.stream().mapToLong(WatchClient::eventsSeen).sum(),
                ledger.undecided(),
                agenda.trace());
    }

    /** With all links whole and all members up, everything comes to an end: calls, elections, leases. */
    private void calmDown() {
        long until = agenda.nowMicros() + CALM_MICROS;
        while (!isCalm()) {
            Violation.unless(
                    agenda.runNext(until),
                    "all ends well",
                    "clients busy %s, cluster quiet %s, leases %s",
                    clients.stream().map(Client::isBusy).toList(),
                    cluster.isQuiet(),
                    world.leases().standing().size());
        }
    }

    /** etcd's hash of the history, however far each member has come in removing what is compacted. */
    private void checkHashes() {
        List<Upkeep.HistoryHash> hashes = cluster.up().stream()
                .filter(cluster::belongs)
                .map(member -> member.store().upkeep().hashHistory(Revision.ZERO))
                .toList();
        Violation.unless(hashes.stream().distinct().count() == 1, "equal hash at equal revision", "%s", hashes);
    }

    private boolean isCalm() {
        return clients.stream().noneMatch(Client::isBusy)
                && world.leases().standing().isEmpty()
                && cluster.isQuiet();
    }

    /** A run that failed, and how to see it again. */
    static final class SeedFailed extends AssertionError {
        private static final long serialVersionUID = 1;

        SeedFailed(long seed, Throwable cause) {
            super("seed %d: %s; see it again with ./dev simulate %d".formatted(seed, cause.getMessage(), seed), cause);
        }
    }

    private static Path scratch() {
        try {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "kvorum-simulation-")
                    : Files.createTempDirectory("kvorum-simulation-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
