package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.Proposal;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoneMemberTest {
    @TempDir
    Path folder;

    private final Member self = TestMember.voter(0xa1);

    private JRaftLogConfig config() {
        return TestMember.config(folder, self, List.of(self), new PeerSecurity.PlainOnLoopback());
    }

    private TestMember start() {
        var member = TestMember.start(config());
        member.awaitLead();
        return member;
    }

    @Test
    void aLoneMemberLeadsAtOnceAndAppliesWhatIsProposed() {
        try (var member = start()) {
            member.write("one");
            member.write("two");

            assertThat(member.machine.entries()).containsExactly("one", "two");
            assertThat(member.log.readBarrier(Duration.ofSeconds(2)))
                    .isGreaterThanOrEqualTo(member.machine.reached().index());
            assertThat(member.log.members()).containsExactly(self);
            Eventually.until("members are shown", () -> member.machine.members.equals(List.of(self)));
        }
    }

    @Test
    void aRestartGoesOnWhereTheStateMachineIs() {
        try (var member = start()) {
            member.write("before");
        }
        try (var member = start()) {
            member.write("after");

            assertThat(member.machine.entries()).containsExactly("before", "after");
            assertThat(member.leads()).isTrue();
        }
    }

    @Test
    void aStateMachineThatLostItsLastEntriesGetsThemAgain() throws Exception {
        try (var member = start()) {
            for (int i = 0; i < 20; i++) {
                member.write("entry-" + i);
            }
        }
        Files.delete(folder.resolve("state/journal"));
        try (var member = start()) {
            member.awaitEntry("entry-19");

            assertThat(member.machine.count()).isEqualTo(20);
        }
    }

    @Test
    void entriesComeInBatchesAndInOrder() {
        try (var member = start()) {
            List<TestProposal> proposals = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                var proposal = new TestProposal("entry-" + i);
                proposals.add(proposal);
                member.log.propose(proposal);
            }
            member.awaitEntry("entry-499");

            assertThat(member.machine.entries())
                    .hasSize(500)
                    .isEqualTo(proposals.stream().map(p -> p.entry().utf8()).toList());
            assertThat(member.machine.batches).hasSizeLessThan(500);
        }
    }

    @Test
    void theLogIsCutAfterSnapshotsAndAStartNeedsNoneOfIt() throws Exception {
        var config = TestMember.snapshotEvery(50, config());
        try (var member = TestMember.start(config)) {
            member.awaitLead();
            String large = "x".repeat(60_000);
            for (int i = 0; i < 400; i++) {
                member.write(i + large);
            }
            Eventually.until(
                    "old segments are gone",
                    () -> segments().stream().noneMatch(name -> name.equals("%020d.log".formatted(1))));
        }
        try (var member = TestMember.start(config)) {
            member.awaitLead();
            member.write("after");

            assertThat(member.machine.count()).isEqualTo(401);
        }
    }

    private List<String> segments() {
        try (var files = Files.list(folder.resolve("raft/log"))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aStateMachineBehindTheCutLogIsRefusedWithAdvice() throws Exception {
        var config = TestMember.snapshotEvery(10, config());
        try (var member = TestMember.start(config)) {
            member.awaitLead();
            for (int i = 0; i < 50; i++) {
                member.write("entry-" + i);
            }
            Eventually.until(
                    "a snapshot is taken",
                    () -> Files.isDirectory(folder.resolve("raft/snapshot"))
                            && folder.resolve("raft/snapshot").toFile().list().length > 0);
        }
        Files.delete(folder.resolve("state/journal"));

        assertThatThrownBy(() -> TestMember.start(config))
                .isInstanceOf(LogUnusable.class)
                .hasMessageContaining("its data was lost");
    }

    @Test
    void aLoneMemberWhoseAddressChangedStillLeads() {
        try (var member = start()) {
            member.write("before");
        }
        var moved = new Member(self.id(), TestMember.freeAddress(), false);
        var config = TestMember.config(folder, moved, List.of(), new PeerSecurity.PlainOnLoopback());
        try (var member = TestMember.start(config)) {
            member.awaitLead();
            member.write("after");

            assertThat(member.machine.entries()).containsExactly("before", "after");
        }
    }

    @Test
    void tooMuchUnderWayIsBusyAndAnEntryOverTheLimitIsAnError() {
        var limits = new JRaftLogConfig.Limits(10, 1000, 100, 16, 1000);
        var c = config();
        var config = new JRaftLogConfig(
                c.folder(),
                c.self(),
                c.bind(),
                c.advertised(),
                c.initialMembers(),
                c.timings(),
                1000,
                c.security(),
                limits);
        try (var member = TestMember.start(config)) {
            member.awaitLead();
            List<TestProposal> proposals = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                var proposal = new TestProposal("p" + i);
                proposals.add(proposal);
                member.log.propose(proposal);
            }
            Eventually.until(
                    "each is applied or refused",
                    () -> proposals.stream()
                            .allMatch(p -> p.refusal().isDone()
                                    || member.machine.contains(p.entry().utf8())));

            assertThat(proposals).anyMatch(p -> p.refusal().getNow(null) instanceof Proposal.Refusal.Busy);
            assertThatThrownBy(() -> member.log.propose(new TestProposal("y".repeat(101))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit of 100");
        }
    }

    @Test
    void aBurstOfSeveralThousandWritesIsTaken() {
        try (var member = start()) {
            member.awaitLead();
            List<TestProposal> burst = IntStream.range(0, 5000)
                    .mapToObj(i -> new TestProposal("burst-" + i))
                    .toList();
            burst.forEach(member.log::propose);

            Eventually.until("all are applied", () -> member.machine.count() == burst.size());
            assertThat(burst).noneMatch(proposal -> proposal.refusal().isDone());
        }
    }

    @Test
    void afterTheEndEverythingIsRefused() {
        var member = start();
        member.close();

        assertThatThrownBy(() -> member.log.readBarrier(Duration.ofSeconds(1)))
                .isInstanceOf(LogUnavailable.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aPortInUseIsSaidClearly() throws Exception {
        try (var _ = new java.net.ServerSocket(
                self.peerAddress().getPort(), 1, self.peerAddress().getAddress())) {
            assertThatThrownBy(() -> TestMember.start(config()))
                    .isInstanceOf(LogUnusable.class)
                    .hasMessageContaining("could not listen");
        }
    }

    @Test
    void plainConnectionsAreForLoopbackOnlyAndAWildcardIsNever() {
        assertThatThrownBy(() -> TestMember.config(
                        folder,
                        new Member(self.id(), new InetSocketAddress("0.0.0.0", 1234), false),
                        List.of(),
                        new PeerSecurity.PlainOnLoopback()))
                .isInstanceOf(IllegalArgumentException.class);
        var routable = new Member(self.id(), new InetSocketAddress("192.0.2.1", 1234), false);
        var config = TestMember.config(folder, routable, List.of(), new PeerSecurity.PlainOnLoopback());
        assertThatThrownBy(() -> TestMember.start(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loopback");
    }

    @Test
    void anEntryKeepsItsBytes() {
        try (var member = start()) {
            member.log.propose(new TestProposal("ü-\u0000-x"));
            member.awaitEntry("ü-\u0000-x");

            assertThat(member.machine.entries())
                    .containsExactly(Bytes.utf8("ü-\u0000-x").utf8());
        }
    }
}
