package io.kvorum.torture;

import io.kvorum.member.Main;
import io.kvorum.torture.Seat.Sitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** All seats: members' processes are started and ended here, and their data made and thrown away. Any thread. */
final class Rack implements AutoCloseable {
    private static final String TOKEN = "torture";

    private final Site site;
    private final Path folder;
    private final JavaCommand java;
    private final List<Seat> seats;
    private final Map<Integer, Door> doors;
    private final Tally tally;
    private int named;

    /** Members sit on the first hosts; the others stay free for members added later. */
    Rack(Site site, Path folder, JavaCommand java, int members, Tally tally) {
        this.site = site;
        this.folder = folder;
        this.java = java;
        this.tally = tally;
        this.seats = IntStream.rangeClosed(1, site.hosts()).mapToObj(Seat::new).toList();
        List<Seat> first = seats.subList(0, members);
        String cluster = first.stream()
                .map(seat -> "m%d=%s".formatted(seat.host(), peerUrl(seat.host())))
                .collect(Collectors.joining(","));
        first.forEach(seat -> seat.take(new Sitter(nextName(), 0, folderOf(seat), cluster)));
        certify(cluster, 0);
        this.doors = IntStream.rangeClosed(1, site.hosts())
                .boxed()
                .collect(Collectors.toMap(host -> host, host -> Door.to(site, host, certificates())));
    }

    private String nextName() {
        return "m" + ++named;
    }

    private Path folderOf(Seat seat) {
        return site.disk(seat.host()).resolve("data");
    }

    private Path certificates() {
        return folder.resolve("certificates");
    }

    String peerUrl(int host) {
        return "%s://%s:%d".formatted(scheme(), site.address(host), site.peerPort(host));
    }

    private String scheme() {
        return site.isSecure() ? "https" : "http";
    }

    private void certify(String cluster, long id) {
        if (!site.isSecure()) {
            return;
        }
        List<String> arguments = new ArrayList<>(List.of(
                "certs",
                "--dir",
                certificates().toString(),
                "--initial-cluster",
                cluster,
                "--initial-cluster-token",
                TOKEN));
        if (id != 0) {
            arguments.addAll(List.of("--member-id", Long.toHexString(id)));
        }
        if (new CommandLine(new Main()).execute(arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("no certificates could be made for " + cluster);
        }
    }

    List<Seat> seats() {
        return seats;
    }

    List<Seat> taken() {
        return seats.stream().filter(Seat::isTaken).toList();
    }

    Seat seat(int host) {
        return seats.get(host - 1);
    }

    Door door(int host) {
        Door door = doors.get(host);
        if (door == null) {
            throw new IllegalArgumentException("there is no host " + host);
        }
        return door;
    }

    List<Door> doors() {
        return taken().stream().map(seat -> door(seat.host())).toList();
    }

    synchronized void startAll() {
        taken().forEach(this::restart);
    }

    /** Seats a member that the cluster has been told of, with nothing in its folder. */
    synchronized void startAdded(Seat seat, long id) {
        String name = nextName();
        String cluster = name + "=" + peerUrl(seat.host());
        certify(cluster, id);
        seat.take(new Sitter(name, id, folderOf(seat), cluster));
        restart(seat);
    }

    /** Starts the member that sits there, if it does not run. */
    synchronized void restart(Seat seat) {
        Sitter sitter = seat.sitter();
        if (sitter == null || seat.isRunning() || seat.isBroken()) {
            return;
        }
        MemberProcess last = seat.process();
        if (last != null && !last.wasEnded()) {
            tally.note("a member exited by itself with code " + last.exitCode());
            System.err.printf("h%d exited by itself: %s%n", seat.host(), logEnd(seat, 1500));
        }
        start(seat, sitter);
    }

    private void start(Seat seat, Sitter sitter) {
        List<String> command = new ArrayList<>(site.commandPrefix(seat.host()));
        command.addAll(java.command(Main.class));
        command.addAll(
                List.of("--name", sitter.name(), "--data-dir", sitter.data().toString()));
        command.addAll(List.of("--initial-cluster", sitter.cluster(), "--initial-cluster-token", TOKEN));
        command.addAll(List.of("--initial-cluster-state", sitter.id() == 0 ? "new" : "existing"));
        command.addAll(List.of("--listen-peer-urls", peerUrl(seat.host()), "--snapshot-count", "1000"));
        command.addAll(List.of(
                "--listen-client-urls",
                "%s://%s:%d".formatted(scheme(), site.address(seat.host()), site.clientPort(seat.host()))));
        if (sitter.id() != 0) {
            command.addAll(List.of("--member-id", Long.toHexString(sitter.id())));
        }
        if (site.isSecure()) {
            command.addAll(certificateFlags(sitter.name()));
        }
        seat.started(MemberProcess.start(command, log(seat, sitter)));
        door(seat.host()).retryNow();
    }

    private List<String> certificateFlags(String name) {
        String authority = certificates().resolve("ca.crt").toString();
        String certificate = certificates().resolve(name + ".crt").toString();
        String key = certificates().resolve(name + ".key").toString();
        return List.of(
                "--cert-file",
                certificate,
                "--key-file",
                key,
                "--trusted-ca-file",
                authority,
                "--peer-cert-file",
                certificate,
                "--peer-key-file",
                key,
                "--peer-trusted-ca-file",
                authority);
    }

    private Path log(Seat seat, Sitter sitter) {
        return folder.resolve("h%d-%s.log".formatted(seat.host(), sitter.name()));
    }

    /** What the member on a seat has said, or as much of its end. */
    String logEnd(Seat seat, int characters) {
        Sitter sitter = seat.sitter();
        if (sitter == null) {
            return "";
        }
        try {
            String text = Files.readString(log(seat, sitter));
            return text.substring(Math.max(0, text.length() - characters));
        } catch (IOException e) {
            return "";
        }
    }

    synchronized void kill(Seat seat) {
        MemberProcess process = seat.process();
        if (process != null && process.isRunning()) {
            process.kill();
        }
    }

    synchronized void stop(Seat seat) {
        MemberProcess process = seat.process();
        if (process != null && process.isRunning()) {
            process.stop();
        }
    }

    synchronized void pause(Seat seat) {
        MemberProcess process = seat.process();
        if (process != null && process.isRunning()) {
            process.pause();
        }
    }

    synchronized void resume(Seat seat) {
        MemberProcess process = seat.process();
        if (process != null && process.isRunning()) {
            process.resume();
        }
    }

    /** What is there is damaged, and the member must never run on it again. */
    synchronized void breakData(Seat seat) {
        seat.breakData();
        kill(seat);
    }

    /** Ends a member for good: it must not be a member of the cluster any more. */
    synchronized void clear(Seat seat) {
        Sitter sitter = seat.sitter();
        kill(seat);
        seat.leave();
        if (sitter != null) {
            delete(sitter.data());
        }
    }

    void retryConnections() {
        doors.values().forEach(Door::retryNow);
    }

    static void copy(Path from, Path to) {
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                    Files.createDirectories(to.resolve(from.relativize(each).toString()));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                    Files.copy(each, to.resolve(from.relativize(each).toString()));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + from, e);
        }
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(each);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                    Files.delete(each);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }

    @Override
    public void close() {
        seats.forEach(this::kill);
        doors.values().forEach(Door::close);
    }
}
