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
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members in this process, spoken to with the real etcdctl. */
class ThreeMembersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern GRANTED = Pattern.compile("lease ([0-9a-f]+) granted");
    private static final Pattern HASH = Pattern.compile("\"hash\":(\\d+)");

    @TempDir
    private Path folder;

    private final List<Side.Ours> members = new ArrayList<>();

    @BeforeEach
    void start() {
        assumeTrue(Commands.areThere(), "etcdctl is not installed");
        List<Member> initial = new ArrayList<>();
        for (long id = 1; id <= 3; id++) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Side.freePort());
            initial.add(new Member(new MemberId(id), address, false));
        }
        for (Member member : initial) {
            Path own = folder.resolve(member.id().toString());
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
            members.add(new Side.Ours(EngineConfig.in(own), JRaftLog.open(config), null, Duration.ofMinutes(10)));
        }
        await(() ->
                members.stream().anyMatch(member -> member.store().leadership().isSelf()));
    }

    @AfterEach
    void stop() {
        members.forEach(Side.Ours::close);
    }

    @Test
    void everyMemberServesEverything() {
        Side.Ours leader = leader();
        List<Side.Ours> followers =
                members.stream().filter(member -> member != leader).toList();
        Side.Ours one = followers.getFirst();
        Side.Ours other = followers.getLast();

        assertThat(run(one, "put", "a", "1")).isEqualTo("OK\nexit 0\n");
        assertThat(run(other, "get", "a")).isEqualTo("a\n1\nexit 0\n");

        // A lease of two seconds that is renewed at a follower outlives five.
        String lease = found(GRANTED, run(one, "lease", "grant", "2"));
        run(other, "put", "leased", "1", "--lease=" + lease);
        String kept = one.etcdctl(List.of("lease", "keep-alive", lease), "", Duration.ofSeconds(5));
        assertThat(kept).contains("keepalived with TTL(2)");
        assertThat(run(other, "lease", "timetolive", lease, "--keys")).contains("granted with TTL(2s)", "leased");
        await(() -> run(other, "get", "leased").equals("exit 0\n"));

        // What only the leader has seen renewed a follower knows too, if asked.
        String longer = found(GRANTED, run(one, "lease", "grant", "100"));
        run(leader, "lease", "keep-alive", "--once", longer);
        assertThat(run(other, "lease", "timetolive", longer)).containsPattern("remaining\\((99|100)s\\)");

        await(() -> run(one, "member", "list")
                        .lines()
                        .filter(line -> line.contains("started"))
                        .count()
                == 3);
        await(() -> members.stream().map(this::hash).distinct().count() == 1);

        String target = one.store().upkeep().self().toString();
        assertThat(run(one, "move-leader", target)).contains("no leader endpoint");
        assertThat(leader.etcdctl(List.of("move-leader", target), "", LIMIT)).contains("Leadership transferred");
        await(() -> one.store().leadership().isSelf());
        assertThat(run(leader, "put", "a", "2")).isEqualTo("OK\nexit 0\n");
        assertThat(run(leader, "lease", "timetolive", longer)).contains("granted with TTL(100s)");
    }

    private Side.Ours leader() {
        return members.stream()
                .filter(member -> member.store().leadership().isSelf())
                .findFirst()
                .orElseThrow();
    }

    private String hash(Side.Ours member) {
        return found(HASH, run(member, "endpoint", "hashkv", "-w", "json"));
    }

    private static String run(Side.Ours member, String... arguments) {
        return member.etcdctl(List.of(arguments), "", LIMIT);
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
