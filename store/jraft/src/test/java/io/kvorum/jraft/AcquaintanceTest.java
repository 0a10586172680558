package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberRemoved;
import io.kvorum.raft.Proposal;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that move, that are removed, that belong elsewhere. */
class AcquaintanceTest {
    private static final Duration SOON = Duration.ofSeconds(20);

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

    /** On a busy machine the lead may change while somebody comes back. */
    private void writeByWhoeverLeads(String entry) {
        Eventually.until(
                "'" + entry + "' is written",
                () -> started.stream().filter(TestMember::leads).anyMatch(member -> member.isWritten(entry)));
    }

    private TestMember follower() {
        TestMember leader = leader();
        return started.stream().filter(member -> member != leader).findFirst().orElseThrow();
    }

    private void stop(TestMember member) {
        started.remove(member);
        member.close();
    }

    private TestMember startElsewhere(Member self, InetSocketAddress address) {
        return start(TestMember.movedTo(address, config(self, three)));
    }

    @Test
    void aWholeClusterThatMovedWhileItWasOffFindsTogetherWhenOneMemberLearnsWhereTheOthersAre() {
        startThree();
        leader().write("before");
        started.forEach(member -> member.awaitEntry("before"));
        List.copyOf(started).forEach(this::stop);

        Map<Member, InetSocketAddress> moved = new HashMap<>();
        three.forEach(member -> moved.put(member, TestMember.freeAddress()));
        three.forEach(member -> startElsewhere(member, moved.get(member)));
        TestMember first = started.getFirst();
        first.log.learnAddress(three.get(1).id(), moved.get(three.get(1)));
        first.log.learnAddress(three.get(2).id(), moved.get(three.get(2)));
        leader().write("after");
        started.forEach(member -> member.awaitEntry("after"));
        Eventually.until(
                "all know where all are",
                () -> started.stream()
                        .allMatch(member -> member.log.members().stream()
                                .allMatch(known -> known.peerAddress()
                                        .equals(moved.get(
                                                three.get((int) known.id().value() - 1))))));

        // What they learnt they still know after another night.
        List.copyOf(started).forEach(this::stop);
        three.forEach(member -> startElsewhere(member, moved.get(member)));
        leader().write("next day");
        started.forEach(member -> member.awaitEntry("next day"));
    }

    @Test
    void aMemberThatMovedTellsTheOthers() {
        startThree();
        leader().write("before");
        TestMember follower = follower();
        Member self = three.get((int) follower.id.value() - 1);
        stop(follower);
        TestMember moved = startElsewhere(self, TestMember.freeAddress());
        writeByWhoeverLeads("after");
        moved.awaitEntry("after");
    }

    @Test
    void anAddressThatIsWrongDoesNoHarm() {
        startThree();
        TestMember leader = leader();
        leader.write("before");
        TestMember follower = follower();
        leader.log.update(follower.id, TestMember.freeAddress(), SOON);
        leader.write("during");
        follower.awaitEntry("during");
        Member self = three.get((int) follower.id.value() - 1);
        stop(follower);
        TestMember again = start(config(self, three));
        leader().write("after");
        again.awaitEntry("after");
    }

    @Test
    void aRemovedMemberStopsAndSaysWhy() {
        startThree();
        leader().write("before");
        TestMember follower = follower();
        follower.awaitEntry("before");
        leader().log.remove(follower.id, SOON);
        Eventually.until("it knows", () -> !follower.machine.failures.isEmpty());
        assertThat(follower.machine.failures.getFirst()).contains("was removed from its cluster");
        var proposal = new TestProposal("late");
        follower.log.propose(proposal);
        assertThat(proposal.refusal()).succeedsWithin(SOON).isInstanceOf(Proposal.Refusal.Stopped.class);
        assertThatThrownBy(() -> follower.log.readBarrier(Duration.ofMillis(300)))
                .isInstanceOf(LogUnavailable.class)
                .hasMessageContaining("was removed");
        stop(follower);
        Member self = three.get((int) follower.id.value() - 1);
        assertThatThrownBy(() -> TestMember.start(config(self, three))).isInstanceOf(MemberRemoved.class);
    }

    @Test
    void aMemberThatWasRemovedWhileItWasOffIsToldWhenItComesBack() {
        startThree();
        leader().write("before");
        TestMember follower = follower();
        follower.awaitEntry("before");
        stop(follower);
        leader().log.remove(follower.id, SOON);
        leader().write("after");
        TestMember back = start(config(three.get((int) follower.id.value() - 1), three));
        Eventually.until("it knows", () -> !back.machine.failures.isEmpty());
        assertThat(back.machine.failures.getFirst()).contains("was removed from its cluster");
    }

    @Test
    void aLeaderThatRemovesItselfHandsTheLeadOnFirst() {
        startThree();
        TestMember leader = leader();
        leader.write("before");
        leader.log.remove(leader.id, SOON);
        Eventually.until("it knows", () -> !leader.machine.failures.isEmpty());
        stop(leader);
        leader().write("after");
        assertThat(leader().log.members()).hasSize(2);
    }

    @Test
    void aMemberOfAnotherClusterIsRefusedThoughItsCertificateIsGood() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        lone.write("ours");
        Member other = TestMember.voter(2);
        TestMember stranger = start(config(other, List.of(other)));
        stranger.awaitLead();
        stranger.write("theirs");
        assertThat(stranger.log.clusterId()).isNotEqualTo(lone.log.clusterId());

        lone.log.addLearner(stranger.asLearner(), SOON);
        // Before it was reached for the first time nobody knows more than that.
        Eventually.until(
                "its vote is refused for its cluster",
                () -> refusalOf(() -> lone.log.promote(stranger.id, SOON)).contains("belongs to cluster"));
        assertThat(stranger.machine.entries()).containsExactly("theirs");
        assertThat(stranger.leads()).isTrue();
    }

    private static String refusalOf(Runnable change) {
        try {
            change.run();
            throw new AssertionError("the change was made");
        } catch (LogUnavailable e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void aJoinerBelongsToTheClusterThatTakesItIn() {
        Member first = TestMember.voter(1);
        TestMember lone = start(config(first, List.of(first)));
        lone.awaitLead();
        TestMember joiner = start(config(TestMember.voter(2), List.of()));
        assertThat(joiner.log.clusterId()).isZero();
        lone.log.addLearner(joiner.asLearner(), SOON);
        lone.write("ours");
        joiner.awaitEntry("ours");
        assertThat(joiner.log.clusterId()).isEqualTo(lone.log.clusterId());
    }

    @Test
    void aMemberThatWasMadeAClusterOfItsOwnHasNothingToDoWithTheOthers() {
        startThree();
        leader().write("before");
        started.forEach(member -> member.awaitEntry("before"));
        long old = leader().log.clusterId();
        List.copyOf(started).forEach(this::stop);
        TestMember alone = start(config(three.getFirst(), three));
        alone.log.resetToSelf(4711, SOON);
        alone.write("alone");
        assertThat(alone.log.members()).extracting(Member::id).containsExactly(alone.id);

        stop(alone);
        TestMember again = start(config(three.getFirst(), three));
        again.awaitLead();
        assertThat(again.log.clusterId()).isEqualTo(4711);
        TestMember second = start(config(three.get(1), three));
        TestMember third = start(config(three.get(2), three));
        Eventually.until("the others lead themselves", () -> second.leads() || third.leads());
        assertThat(second.log.clusterId()).isEqualTo(old);
        (second.leads() ? second : third).write("theirs");
        again.write("ours");
        assertThat(again.machine.entries()).containsExactly("before", "alone", "ours");
        assertThat(second.machine.failures).isEmpty();
    }
}
