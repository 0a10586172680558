package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.raft.LogPosition;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members in one process, over gRPC with mutual TLS on loopback. */
class ClusterTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private final TestKeys authority = new TestKeys("members");
    private final List<Member> three = List.of(TestMember.voter(1), TestMember.voter(2), TestMember.voter(3));
    private final List<TestMember> started = new ArrayList<>();

    @AfterEach
    void stopAll() {
        started.reversed().forEach(TestMember::close);
    }

    private TestMember start(JRaftLogConfig config) {
        var member = TestMember.start(config);
        started.add(member);
        return member;
    }

    private JRaftLogConfig config(Member self, List<Member> initial) {
        return TestMember.config(folder.resolve(self.id().toString()), self, initial, authority.of(self.id()));
    }

    private void startThree() {
        three.forEach(member -> start(config(member, three)));
    }

    private TestMember leader() {
        Eventually.until("somebody leads", () -> started.stream().anyMatch(TestMember::leads));
        return started.stream().filter(TestMember::leads).findFirst().orElseGet(this::leader);
    }

    private TestMember follower() {
        TestMember leader = leader();
        TestMember follower =
                started.stream().filter(member -> member != leader).findFirst().orElseThrow();
        Eventually.until(
                "a follower knows its leader",
                () -> leader.id.equals(follower.log.leadership().leader()));
        return follower;
    }

    private void stop(TestMember member) {
        started.remove(member);
        member.close();
    }

    @Test
    void whatTheLeaderWritesReachesAllAndAReadAtAFollowerSeesIt() {
        startThree();
        TestMember leader = leader();
        leader.write("one");
        for (TestMember member : started) {
            long index = member.log.readBarrier(SOON);
            assertThat(member.machine.reached().index()).isGreaterThanOrEqualTo(index);
            assertThat(member.machine.entries()).containsExactly("one");
            assertThat(member.log.members()).containsExactlyElementsOf(three);
        }
    }

    @Test
    void aFollowerPassesProposalsOn() {
        startThree();
        TestMember follower = follower();
        for (int i = 0; i < 100; i++) {
            follower.write("from-follower-" + i);
        }
        started.forEach(member -> member.awaitEntry("from-follower-99"));

        assertThat(leader().machine.count()).isEqualTo(100);
    }

    @Test
    void entriesFarLargerThanAMessageOfTheLibraryArrive() {
        startThree();
        TestMember follower = follower();
        String large = "x".repeat(60_000);
        for (int i = 0; i < 100; i++) {
            propose(follower, i + large);
        }
        for (TestMember member : started) {
            for (int i = 0; i < 100; i++) {
                member.awaitEntry(i + large);
            }
        }
    }

    /** Whoever is refused, because the lead changed hands on a busy machine, asks again. */
    private static void propose(TestMember member, String entry) {
        var proposal = new TestProposal(entry);
        proposal.refusal().thenAccept(_ -> {
            if (!member.machine.contains(entry)) {
                propose(member, entry);
            }
        });
        member.log.propose(proposal);
    }

    @Test
    void burstsAtAllMembersTogetherAreTakenAlthoughTheyAreMoreThanTheLeaderTakesAtOnce() {
        startThree();
        List<Proposal.Refusal> refused = burst();
        for (int again = 0; again < 2 && hasLeadMoved(refused); again++) {
            refused = burst();
        }
        assertThat(refused).isEmpty();
    }

    /** Which is another reason to refuse than that there were too many. */
    private static boolean hasLeadMoved(List<Proposal.Refusal> refused) {
        return !refused.isEmpty() && refused.stream().noneMatch(Proposal.Refusal.Busy.class::isInstance);
    }

    /** @return what was refused of 7500 proposals at once */
    private List<Proposal.Refusal> burst() {
        Eventually.until(
                "all know the leader",
                () -> started.stream()
                        .allMatch(member -> member.log.leadership().leader() != null));
        int before = leader().machine.count();
        List<TestProposal> burst = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            for (TestMember member : started) {
                var proposal = new TestProposal(i + "-at-" + member.id);
                burst.add(proposal);
                member.log.propose(proposal);
            }
        }
        Eventually.until(
                "all are applied or refused",
                () -> leader().machine.count() - before + refusals(burst).size() >= burst.size());
        return refusals(burst);
    }

    private static List<Proposal.Refusal> refusals(List<TestProposal> proposals) {
        return proposals.stream()
                .filter(proposal -> proposal.refusal().isDone())
                .map(proposal -> proposal.refusal().join())
                .toList();
    }

    @Test
    void whenTheLeaderStopsAnotherTakesOver() {
        startThree();
        leader().write("before");
        stop(leader());
        leader().write("after");

        assertThat(leader().machine.entries()).containsExactly("before", "after");
    }

    @Test
    void withoutAMajorityNothingIsAcknowledgedAndItIsSaidClearly() {
        startThree();
        leader().write("before");
        TestMember last = follower();
        for (TestMember other : List.copyOf(started)) {
            if (other != last) {
                stop(other);
            }
        }
        Eventually.until("the loss is noticed", () -> last.log.leadership().leader() == null);
        var proposal = new TestProposal("lost");
        last.log.propose(proposal);

        assertThat(proposal.refusal()).succeedsWithin(SOON).isInstanceOf(Proposal.Refusal.NoLeader.class);
        assertThatThrownBy(() -> last.log.readBarrier(Duration.ofMillis(300))).isInstanceOf(LogUnavailable.class);
    }

    @Test
    void aLearnerIsAddedPromotedAndRemoved() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        for (int i = 0; i < 50; i++) {
            lone.write("entry-" + i);
        }
        Member second = TestMember.voter(2);
        TestMember joiner = start(config(second, List.of()));
        lone.log.addLearner(joiner.asLearner(), SOON);
        lone.log.addLearner(joiner.asLearner(), SOON);
        joiner.awaitEntry("entry-49");
        Eventually.until("the joiner sees itself", () -> joiner.machine.members.contains(joiner.asLearner()));
        assertThat(lone.machine.members).containsExactly(first, joiner.asLearner());

        lone.log.promote(joiner.id, SOON);
        lone.log.promote(joiner.id, SOON);
        assertThat(lone.log.members()).containsExactly(first, second);
        Eventually.until("the joiner votes", () -> joiner.machine.members.equals(List.of(first, second)));

        lone.log.transferLeadership(joiner.id, SOON);
        joiner.awaitLead();
        joiner.log.remove(lone.id, SOON);
        joiner.log.remove(lone.id, SOON);
        joiner.write("alone");
        assertThat(joiner.log.members()).containsExactly(second);
        assertThatThrownBy(() -> joiner.log.remove(joiner.id, SOON)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMembersChangeAtWhicheverMemberIsAsked() {
        startThree();
        TestMember follower = follower();
        Member fourth = TestMember.voter(4);
        TestMember joiner = start(config(fourth, List.of()));
        leader().write("before");
        follower.log.addLearner(joiner.asLearner(), SOON);
        assertThat(follower.log.members()).contains(joiner.asLearner());
        follower.log.awaitCaughtUp(joiner.id, SOON);
        assertThat(follower.log.progress(joiner.id, SOON).isCaughtUp()).isTrue();
        follower.log.promote(joiner.id, SOON);
        assertThat(follower.log.members()).contains(fourth);
        follower.log.remove(joiner.id, SOON);
        assertThat(follower.log.members()).containsExactlyElementsOf(three);
        assertThatThrownBy(() -> follower.log.promote(joiner.id, SOON)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void changesAskedForAtOnceWaitForEachOther() {
        startThree();
        leader().write("before");
        List<TestMember> joiners = new ArrayList<>();
        for (long id = 4; id <= 7; id++) {
            joiners.add(start(config(TestMember.voter(id), List.of())));
        }
        var failures = new java.util.concurrent.ConcurrentLinkedQueue<Throwable>();
        List<Thread> askers = new ArrayList<>();
        for (TestMember joiner : joiners) {
            TestMember asked = started.get(askers.size() % 3);
            askers.add(Thread.ofVirtual().start(() -> {
                try {
                    asked.log.addLearner(joiner.asLearner(), SOON);
                    asked.log.awaitCaughtUp(joiner.id, SOON);
                    asked.log.promote(joiner.id, SOON);
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            }));
        }
        Eventually.until("all are through", () -> askers.stream().noneMatch(Thread::isAlive));

        assertThat(failures).isEmpty();
        assertThat(leader().log.members()).hasSize(7).noneMatch(Member::isLearner);
    }

    @Test
    void aLearnerThatDoesNotRunGetsNoVote() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        Member absent = new Member(new MemberId(9), TestMember.freeAddress(), true);
        lone.log.addLearner(absent, SOON);

        assertThatThrownBy(() -> lone.log.promote(absent.id(), SOON))
                .isInstanceOf(LogUnavailable.class)
                .hasMessageContaining("is it running");
        lone.write("still leading");
    }

    @Test
    void leadershipIsHandedOver() {
        startThree();
        TestMember leader = leader();
        TestMember next = follower();
        leader.write("before");
        leader.log.transferLeadership(next.id, SOON);
        next.awaitLead();
        next.write("after");

        assertThat(next.machine.entries()).containsExactly("before", "after");
    }

    @Test
    void aJoinerBehindTheCutLogGetsTheStateAndThenTheEntries() {
        Member first = TestMember.voter(1);
        TestMember lone = start(TestMember.snapshotEvery(40, config(first, List.of(first))));
        lone.awaitLead();
        String large = "x".repeat(60_000);
        for (int i = 0; i < 400; i++) {
            lone.write(i + large);
        }
        Member second = TestMember.voter(2);
        TestMember joiner = start(TestMember.snapshotEvery(40, config(second, List.of())));
        lone.log.addLearner(joiner.asLearner(), SOON);
        lone.write("after");
        joiner.awaitEntry("after");

        assertThat(joiner.machine.loaded).isTrue();
        assertThat(joiner.machine.entries()).isEqualTo(lone.machine.entries());
        stop(joiner);
        TestMember again = start(TestMember.snapshotEvery(40, config(second, List.of())));
        lone.write("once more");
        again.awaitEntry("once more");
        assertThat(again.machine.entries()).isEqualTo(lone.machine.entries());
    }

    @Test
    void theLastOfThreeIsMadeTheOnlyOneByForce() {
        startThree();
        leader().write("before");
        TestMember last = follower();
        last.awaitEntry("before");
        for (TestMember other : List.copyOf(started)) {
            if (other != last) {
                stop(other);
            }
        }
        last.log.resetToSelf(SOON);
        last.write("after");

        assertThat(last.machine.entries()).containsExactly("before", "after");
        assertThat(last.log.members()).extracting(Member::id).containsExactly(last.id);
    }

    @Test
    void aJoinerOfARestoredMemberIsSentTheStateThatNoEntryTellsOf() throws Exception {
        Member first = TestMember.voter(1);
        Path home = config(first, List.of()).folder();
        RestoredLog.create(home, first, new LogPosition(1, 1));
        JournalMachine.seed(home.resolveSibling("state"), new LogPosition(1, 1), "restored");
        TestMember lone = start(config(first, List.of()));
        lone.awaitLead();
        Member second = TestMember.voter(2);
        TestMember joiner = start(config(second, List.of()));
        lone.log.addLearner(joiner.asLearner(), SOON);
        lone.write("after");
        joiner.awaitEntry("after");

        assertThat(joiner.machine.entries()).containsExactly("restored", "after");
        assertThat(lone.log.members()).extracting(Member::id).containsExactly(first.id(), second.id());
        stop(lone);
        TestMember again = start(config(first, List.of()));
        again.awaitEntry("after");
        assertThat(again.machine.entries()).containsExactly("restored", "after");
    }

    @Test
    void aMemberOfAnotherAuthorityIsNeverHeard() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        Member rogue = TestMember.voter(2);
        var rogueKeys = new TestKeys("rogue").of(rogue.id());
        TestMember outsider = start(TestMember.config(folder.resolve("rogue"), rogue, List.of(), rogueKeys));
        lone.log.addLearner(outsider.asLearner(), SOON);
        lone.write("secret");
        Eventually.until("the leader tried", () -> !lone.log.members().isEmpty());

        assertThatThrownBy(() -> lone.log.promote(outsider.id, SOON)).isInstanceOf(LogUnavailable.class);
        assertThat(outsider.machine.entries()).isEmpty();
        assertThat(lone.log.leadership().term()).isEqualTo(1);
    }

    @Test
    void aValidCertificateSpeaksForItsOwnMemberOnly() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        Member impostor = TestMember.voter(2);
        var anothersKeys = authority.of(new MemberId(7));
        TestMember outsider = start(TestMember.config(folder.resolve("impostor"), impostor, List.of(), anothersKeys));
        lone.log.addLearner(outsider.asLearner(), SOON);
        lone.write("secret");

        assertThatThrownBy(() -> lone.log.promote(outsider.id, SOON)).isInstanceOf(LogUnavailable.class);
        assertThat(outsider.machine.entries()).isEmpty();
    }

    @Test
    void aPlainPeerIsNeverHeard() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        Member plain = TestMember.voter(2);
        TestMember outsider = start(TestMember.config(
                folder.resolve("plain"), plain, List.of(first, plain), new PeerSecurity.PlainOnLoopback()));
        lone.log.addLearner(outsider.asLearner(), SOON);
        lone.write("secret");

        assertThatThrownBy(() -> lone.log.promote(outsider.id, SOON)).isInstanceOf(LogUnavailable.class);
        assertThat(outsider.machine.entries()).isEmpty();
        assertThat(lone.leads()).isTrue();
    }
}
