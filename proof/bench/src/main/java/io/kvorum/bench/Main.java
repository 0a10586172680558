package io.kvorum.bench;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs the comparison with etcd and writes its table, or trains our members' JVM before. {@code Main MEMBER-PROGRAM
 * RESULTS-FOLDER [--quick] [--plain] [--only=KIND] [--keep]} or {@code Main MEMBER-PROGRAM CACHE --train}
 */
public final class Main {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final String KEEP = "--keep";

    private final Path folder;
    private final Path results;
    private final Path member;
    private final boolean isSecured;
    private final boolean isKept;
    private final Settings settings;
    private final String only;

    private Main(Path folder, Path member, Path results, List<String> options) {
        this.folder = folder;
        this.member = member;
        this.results = results;
        this.isSecured = !options.contains("--plain");
        this.isKept = options.contains(KEEP);
        this.settings = options.contains("--quick") ? Settings.QUICK : Settings.FULL;
        this.only = options.stream()
                .filter(option -> option.startsWith("--only="))
                .map(option -> option.substring("--only=".length()))
                .findFirst()
                .orElse("");
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("kvorum-bench");
        List<String> options = Arrays.stream(arguments).skip(2).toList();
        try {
            Main main = new Main(folder, Path.of(arguments[0]).toAbsolutePath(), Path.of(arguments[1]), options);
            if (options.contains("--train")) {
                main.train();
            } else {
                main.run();
            }
        } finally {
            if (options.contains(KEEP)) {
                say("kept: " + folder);
            } else {
                delete(folder);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void deleteIfPossible() {
        if (isKept) {
            return;
        }
        try {
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            say("left behind: " + folder);
        }
    }

    private void run() {
        Surroundings surroundings = Surroundings.here(
                InstantSource.system().instant(),
                ETCD,
                isSecured,
                settings.equals(Settings.QUICK) ? "--quick" : "full");
        List<Seat> ours = seats("kvorum", 1);
        List<Seat> theirs = seats("etcd", 2);
        Optional<SslContext> tls = secure(List.of(ours, theirs));
        Results found = Results.of(
                Cell.all().stream().filter(cell -> cell.kind().startsWith(only)).toList());
        try (Wires wires = new Wires(tls);
                Cluster kvorum = new Cluster(new Rival.Ours(member), ours, wires);
                Cluster etcd = new Cluster(new Rival.Etcd(ETCD), theirs, wires)) {
            // A run that is broken off leaves no process behind.
            Thread ending = Thread.ofPlatform().unstarted(() -> {
                kvorum.stop();
                etcd.stop();
                deleteIfPossible();
            });
            Runtime.getRuntime().addShutdownHook(ending);
            kvorum.start();
            etcd.start();
            measure(found, kvorum, etcd, wires);
            Runtime.getRuntime().removeShutdownHook(ending);
        }
        write(found, surroundings);
    }

    private void train() {
        List<Seat> seats = seats("kvorum", 3);
        try (Wires wires = new Wires(secure(List.of(seats)));
                Cluster trainees = new Cluster(new Rival.Trainees(member, results.toAbsolutePath()), seats, wires)) {
            Thread ending = Thread.ofPlatform().unstarted(trainees::stop);
            Runtime.getRuntime().addShutdownHook(ending);
            new Training(trainees, wires).run(settings);
            Runtime.getRuntime().removeShutdownHook(ending);
        }
    }

    private Optional<SslContext> secure(List<List<Seat>> clusters) {
        if (!isSecured) {
            return Optional.empty();
        }
        Certificates certificates = new Certificates(folder.resolve("tls"), member);
        clusters.forEach(certificates::equip);
        return Optional.of(certificates.client());
    }

    private List<Seat> seats(String rival, int network) {
        return IntStream.rangeClosed(1, 3)
                .mapToObj(i -> new Seat(
                        rival + "-" + i,
                        "127.77." + network + "." + i,
                        folder.resolve(rival + "-" + i),
                        folder.resolve("tls"),
                        isSecured))
                .toList();
    }

    private void measure(Results found, Cluster ours, Cluster theirs, Wires wires) {
        Arena arena = new Arena(List.of(ours, theirs), wires, settings);
        say("idle, fresh");
        Patience.pause(settings.rest());
        List<Idle> fresh = Idle.of(List.of(ours, theirs), settings.rest());
        found.ours().fresh(fresh.getFirst());
        found.theirs().fresh(fresh.getLast());
        arena.pauseAll();
        for (Cell cell : found.cells().stream().filter(Cell::isCold).toList()) {
            measure(found, arena, List.of(ours, theirs), 1, cell);
        }
        say("warm-up");
        arena.prepare(ours);
        arena.prepare(theirs);
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Cell cell :
                    found.cells().stream().filter(cell -> !cell.isCold()).toList()) {
                measure(found, arena, List.of(ours, theirs), round, cell);
            }
            arena.compact(ours);
            arena.compact(theirs);
        }
        arena.resumeAll();
        say("idle, warm");
        Patience.pause(settings.rest());
        List<Idle> warm = Idle.of(List.of(ours, theirs), settings.idle());
        found.ours().warm(warm.getFirst());
        found.theirs().warm(warm.getLast());
        arena.pauseAll();
        if (only.isEmpty() || only.equals("fail-over")) {
            failOver(found, ours, theirs);
        }
        arena.resumeAll();
    }

    private static void measure(Results found, Arena arena, List<Cluster> clusters, int round, Cell cell) {
        List<Integer> order = round % 2 == 1 ? List.of(0, 1) : List.of(1, 0);
        for (int which : order) {
            Cluster cluster = clusters.get(which);
            Results.Side side = which == 0 ? found.ours() : found.theirs();
            try {
                Arena.Measured measured = arena.measure(cluster, cell);
                side.add(cell, measured);
                Figures figures = measured.figures();
                say(
                        "round %d  %-36s %-7s %8.0f/s  p50 %7.2f  p99 %7.1f ms  cpu %6.2f  load %5.2f  %5.0f B  errors %.0f %s"
                                .formatted(
                                        round,
                                        cell.title(),
                                        cluster.rival().name(),
                                        figures.perSecond(),
                                        figures.p50Millis(),
                                        figures.p99Millis(),
                                        figures.cpuSeconds(),
                                        figures.loadCpuSeconds(),
                                        figures.writtenBytes(),
                                        figures.errors(),
                                        measured.firstError()));
            } catch (IllegalStateException e) {
                side.failed(cell.title(), e);
                say(cell.title() + " " + cluster.rival().name() + " failed: " + e.getMessage());
            }
        }
    }

    private void failOver(Results found, Cluster ours, Cluster theirs) {
        for (int round = 1; round <= settings.failOvers(); round++) {
            failOver(found.ours(), ours);
            failOver(found.theirs(), theirs);
        }
    }

    private static void failOver(Results.Side side, Cluster cluster) {
        try {
            cluster.resume();
            double millis = new FailOver(cluster).round().toNanos() / 1e6;
            side.failedOver(millis);
            say("fail-over  %-7s %6.0f ms".formatted(cluster.rival().name(), millis));
        } catch (IllegalStateException e) {
            side.failed("fail-over", e);
            say("fail-over " + cluster.rival().name() + " failed: " + e.getMessage());
        } finally {
            cluster.pause();
        }
    }

    private void write(Results found, Surroundings surroundings) {
        String name = "etcd" + (isSecured ? "" : "-plain") + (settings.equals(Settings.QUICK) ? "-quick" : "")
                + (only.isEmpty() ? "" : "-only-" + only.replaceAll("[^a-z-]+", "-"));
        try {
            Files.createDirectories(results);
            Files.writeString(results.resolve(name + ".md"), Report.markdown(found, surroundings, settings));
            Files.writeString(results.resolve(name + ".json"), JsonReport.json(found, surroundings));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + results, e);
        }
        say("written to " + results.resolve(name + ".md"));
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
