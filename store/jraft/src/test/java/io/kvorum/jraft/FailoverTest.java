package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.raft.MemberId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members as three processes with mutual TLS, killed with kill -9 while they are written to. */
class FailoverTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Map<Long, Integer> ports = new HashMap<>();
    private final Map<Long, Child> children = new HashMap<>();
    private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final AtomicInteger names = new AtomicInteger();
    private String initial = "";

    private record Acknowledged(String entry, long nanos) {}

    @BeforeEach
    void makeKeys() throws Exception {
        var authority = new TestKeys("members");
        Files.createDirectory(folder.resolve("keys"));
        for (long id = 1; id <= 4; id++) {
            authority.save(folder.resolve("keys"), new MemberId(id));
            ports.put(id, TestMember.freeAddress().getPort());
        }
        initial = "1=%d,2=%d,3=%d".formatted(ports.get(1L), ports.get(2L), ports.get(3L));
    }

    @AfterEach
    void killAll() {
        children.values().forEach(Child::kill);
    }

    private Child start(long id, String members) {
        var child = new Child(folder.resolve("member-" + id), folder.resolve("keys"), id, ports.get(id), members, 300);
        children.put(id, child);
        return child;
    }

    private void startThree() {
        for (long id = 1; id <= 3; id++) {
            start(id, initial);
        }
        children.values().forEach(Child::awaitStart);
    }

    private Child leader() {
        Eventually.until(
                "somebody leads", LONG, () -> children.values().stream().anyMatch(Child::leads));
        return children.values().stream().filter(Child::leads).findFirst().orElseGet(this::leader);
    }

    /** Writes through the child until told to stop or the child is gone. */
    private Thread writeThrough(Child child, AtomicBoolean stop) {
        return Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                String said = child.ask("write e" + names.incrementAndGet());
                if (said.startsWith("acked ")) {
                    acknowledged.add(new Acknowledged(said.substring(6), System.nanoTime()));
                } else if (said.equals("gone") || said.equals("silent")) {
                    return;
                }
            }
        });
    }

    private void awaitMore(int count) {
        int goal = acknowledged.size() + count;
        Eventually.until(count + " more writes", LONG, () -> acknowledged.size() >= goal);
    }

    private long longestGapMillis() {
        List<Acknowledged> all = new ArrayList<>(acknowledged);
        long longest = 0;
        for (int i = 1; i < all.size(); i++) {
            longest = Math.max(longest, all.get(i).nanos() - all.get(i - 1).nanos());
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    private void checkNothingIsLost() {
        String last = "last" + names.incrementAndGet();
        Eventually.until(
                "a last write", LONG, () -> leader().ask("write " + last).startsWith("acked"));
        for (Child child : children.values()) {
            Eventually.until(
                    "member " + child.id + " has all",
                    LONG,
                    () -> child.ask("has " + last).equals("yes"));
        }
        Child any = children.values().iterator().next();
        for (Acknowledged written : acknowledged) {
            assertThat(any.ask("has " + written.entry()))
                    .as("acknowledged %s at member %d", written.entry(), any.id)
                    .isEqualTo("yes");
        }
        assertThat(children.values().stream().map(child -> child.ask("hash")).distinct())
                .as("all members have the same entries in the same order")
                .hasSize(1);
    }

    @Test
    void aKilledLeaderIsReplacedAndNothingAcknowledgedIsLost() throws Exception {
        startThree();
        for (int round = 0; round < 2; round++) {
            Child leader = leader();
            var stop = new AtomicBoolean();
            List<Thread> writers = children.values().stream()
                    .map(child -> writeThrough(child, stop))
                    .toList();
            awaitMore(200);
            leader.kill();
            awaitMore(200);
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            System.out.printf("longest gap after kill -9 of the leader: %d ms%n", longestGapMillis());
            start(leader.id, initial).awaitStart();
            checkNothingIsLost();
            acknowledged.clear();
        }
    }

    @Test
    void allKilledAtOnceComeBackWithEverythingThatWasAcknowledged() throws Exception {
        startThree();
        leader();
        var stop = new AtomicBoolean();
        List<Thread> writers = children.values().stream()
                .map(child -> writeThrough(child, stop))
                .toList();
        awaitMore(500);
        children.values().forEach(Child::kill);
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        startThree();

        checkNothingIsLost();
    }

    @Test
    void aDeadMemberIsReplacedByANewOneUnderLoad() throws Exception {
        startThree();
        Child leader = leader();
        Child victim = children.values().stream()
                .filter(child -> child.id != leader.id)
                .findFirst()
                .orElseThrow();
        var stop = new AtomicBoolean();
        Child other = children.values().stream()
                .filter(child -> child.id != leader.id && child.id != victim.id)
                .findFirst()
                .orElseThrow();
        Thread writer = writeThrough(other, stop);
        awaitMore(1000);
        victim.kill();
        children.remove(victim.id);
        Child joiner = start(4, "");
        joiner.awaitStart();
        assertThat(leader.ask("add 4 " + ports.get(4L))).isEqualTo("added");
        Eventually.until("promoted", LONG, () -> leader.ask("promote 4").equals("promoted"));
        assertThat(leader.ask("remove " + victim.id)).isEqualTo("removed");
        awaitMore(50);
        stop.set(true);
        writer.join();
        System.out.printf("longest gap while a member was replaced: %d ms%n", longestGapMillis());

        checkNothingIsLost();
    }

    @Test
    void aFrozenLeaderIsReplacedAndFollowsWhenItWakesUp() throws Exception {
        startThree();
        Child frozen = leader();
        var stop = new AtomicBoolean();
        List<Thread> writers = children.values().stream()
                .filter(child -> child.id != frozen.id)
                .map(child -> writeThrough(child, stop))
                .toList();
        awaitMore(100);
        frozen.freeze();
        children.remove(frozen.id);
        awaitMore(200);
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        System.out.printf("longest gap after the leader froze: %d ms%n", longestGapMillis());
        children.put(frozen.id, frozen);
        frozen.thaw();

        checkNothingIsLost();
    }
}
