package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.engine.EngineConfig;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members of the real etcd and three of ours under the same session with the real etcdctl. */
class ClusterTranscriptTest {
    private static final int MEMBERS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern STATUS = Pattern.compile("\"member_id\":(\\d+).*\"leader\":(\\d+)");
    private static final Pattern ADDED = Pattern.compile("Member\\s+([0-9a-f]+) added");

    @TempDir
    private Path folder;

    @Test
    void aSessionReadsTheSameAtAFollowerAndForTheWholeCluster() throws Exception {
        assumeTrue(Commands.areThere(), "etcd and etcdctl are not installed");
        try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<String>> theirs = beside.submit(() -> lived(debian()));
            List<String> mine = lived(ours());
            assertThat(GoldenTranscriptTest.differences(theirs.get(), mine)).isEmpty();
        }
    }

    private List<Side> debian() throws InterruptedException, ExecutionException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            ports.add(Side.freePort());
        }
        String cluster = ports.stream()
                .map(port -> "m" + ports.indexOf(port) + "=http://127.0.0.1:" + port)
                .collect(Collectors.joining(","));
        try (ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Side>> started = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                String name = "m" + i;
                int port = ports.get(i);
                started.add(
                        starts.submit(() -> Side.Debian.oneOf(folder.resolve("debian-" + name), name, port, cluster)));
            }
            List<Side> sides = new ArrayList<>();
            for (Future<Side> one : started) {
                sides.add(one.get());
            }
            return sides;
        }
    }

    private List<Side> ours() {
        List<Member> initial = new ArrayList<>();
        for (long id = 1; id <= MEMBERS; id++) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Side.freePort());
            initial.add(new Member(new MemberId((id << 60) + id), address, false));
        }
        List<Side> sides = new ArrayList<>();
        for (Member member : initial) {
            String name = "m" + sides.size();
            Path own = folder.resolve("ours-" + name);
            JRaftLogConfig config = new JRaftLogConfig(
                    own.resolve("raft"),
                    member.id(),
                    member.peerAddress(),
                    member.peerAddress(),
                    initial,
                    JRaftLogConfig.Timings.DEFAULT,
                    JRaftLogConfig.SNAPSHOT_ENTRIES,
                    new PeerSecurity.PlainOnLoopback(),
                    JRaftLogConfig.Limits.DEFAULT);
            sides.add(Side.Ours.oneOf(
                    EngineConfig.in(own),
                    JRaftLog.open(config),
                    name,
                    member.peerAddress().getPort()));
        }
        return sides;
    }

    private static List<String> lived(List<Side> sides) {
        try {
            awaitAll(sides);
            List<String> session = GoldenTranscriptTest.session().stream()
                    // Members are listed by their ids, which are others there: done below, in another order.
                    .filter(line -> !line.startsWith("member list"))
                    .toList();
            List<String> seen = new ArrayList<>(GoldenTranscriptTest.transcript(follower(sides), session));
            seen.addAll(new Whole(sides).transcript());
            return seen;
        } finally {
            sides.forEach(Side::close);
        }
    }

    private static void awaitAll(List<Side> sides) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!sides.stream()
                .allMatch(side -> run(side, "member", "list").split("started", -1).length == MEMBERS + 1
                        && run(side, "get", "probe").equals("exit 0\n"))) {
            assertThat(System.nanoTime()).as("all members in time").isLessThan(deadline);
        }
    }

    private static String run(Side side, String... arguments) {
        return side.etcdctl(List.of(arguments), "", LIMIT);
    }

    private static boolean leads(Side side) {
        Matcher status = STATUS.matcher(run(side, "endpoint", "status", "-w", "json"));
        return status.find() && Objects.equals(status.group(1), status.group(2));
    }

    private static Side leader(List<Side> sides) {
        return sides.stream().filter(ClusterTranscriptTest::leads).findFirst().orElseThrow();
    }

    private static Side follower(List<Side> sides) {
        return sides.stream().filter(side -> !leads(side)).findFirst().orElseThrow();
    }

    private static String idOf(Side side) {
        Matcher status = STATUS.matcher(run(side, "endpoint", "status", "-w", "json"));
        assertThat(status.find()).isTrue();
        return Long.toHexString(Long.parseUnsignedLong(status.group(1)));
    }

    /** The commands that concern the cluster as a whole. */
    private static final class Whole {
        private final List<Side> sides;
        private final List<String> seen = new ArrayList<>();

        private Whole(List<Side> sides) {
            this.sides = sides;
        }

        List<String> transcript() {
            Side leader = leader(sides);
            Side follower = follower(sides);
            say(leader, "get", "", "--prefix", "--keys-only");
            say(leader, "put", "at-leader", "1");
            say(follower, "get", "at-leader");
            say(follower, "member", "list");
            say(follower, "endpoint", "health", "--cluster");
            say(leader, "endpoint", "status", "--cluster");
            seen.add("hashes: " + distinctHashes(follower));
            say(leader, "alarm", "list");
            say(follower, "defrag", "--cluster");
            String added = say(follower, "member", "add", "m3", "--learner", "--peer-urls=http://127.0.0.1:1");
            Matcher id = ADDED.matcher(added);
            assertThat(id.find()).as(added).isTrue();
            say(leader, "member", "list");
            say(follower, "member", "promote", id.group(1));
            say(leader, "member", "update", id.group(1), "--peer-urls=http://127.0.0.1:2");
            say(follower, "member", "remove", id.group(1));
            say(leader, "member", "remove", id.group(1));
            say(follower, "member", "remove", id.group(1));
            say(follower, "member", "list");
            String successor = idOf(follower);
            say(follower, "move-leader", successor);
            say(leader, "move-leader", successor);
            seen.add("leads now: " + leads(follower));
            say(leader, "put", "after", "1");
            say(follower, "get", "after");
            return seen;
        }

        /** Notes what was said and returns it as it was. */
        private String say(Side side, String... arguments) {
            String said = run(side, arguments);
            seen.add("$ " + String.join(" ", arguments).replaceAll("[0-9a-f]{13,16}", "HEX") + "\n" + sorted(said));
            return said;
        }

        /** In the order of their ids, members come in another order there. */
        private static String sorted(String said) {
            return GoldenTranscriptTest.normalized(said)
                            .replaceAll(", \\d+(\\.\\d+)? [kM]?B, ", ", SIZE, ")
                            .replaceAll(", \\d+, \\d+, \\d+, ", ", TERM, INDEX, INDEX, ")
                            .replaceAll("3\\.\\d+\\.\\d+", "V")
                            // Ids are written in a width of 16, and ours need not fill it.
                            .replaceAll(" cluster +[0-9a-fHEX]+", " cluster HEX")
                            .replaceAll(" {2,}", " ")
                            .lines()
                            .map(Whole::sortedMembers)
                            .sorted()
                            .collect(Collectors.joining("\n"))
                    + "\n";
        }

        private static String sortedMembers(String line) {
            String prefix = "ETCD_INITIAL_CLUSTER=\"";
            return line.startsWith(prefix)
                    ? prefix
                            + List.of(line.substring(prefix.length(), line.length() - 1)
                                            .split(",", -1))
                                    .stream()
                                    .sorted()
                                    .collect(Collectors.joining(","))
                            + "\""
                    : line;
        }

        private static long distinctHashes(Side side) {
            return run(side, "endpoint", "hashkv", "--cluster")
                    .lines()
                    .filter(line -> line.contains(", "))
                    .map(line -> line.substring(line.indexOf(", ")))
                    .distinct()
                    .count();
        }
    }
}
