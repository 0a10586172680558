package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.raft.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that cannot write their term and vote: a folder lies where the new file has to be made. */
class VoteFileTest {
    @TempDir
    Path folder;

    private final List<TestMember> members = new ArrayList<>();

    @AfterEach
    void stop() {
        members.forEach(TestMember::close);
    }

    @Test
    void aMemberThatCannotWriteItsVoteFollowsButNeitherVotesNorLeadsAndReturnsOnceItCan() throws IOException {
        List<Member> three = List.of(TestMember.voter(1), TestMember.voter(2), TestMember.voter(3));
        three.forEach(member -> members.add(TestMember.start(TestMember.config(
                folder.resolve(member.id().toString()), member, three, new PeerSecurity.PlainOnLoopback()))));
        TestMember first = members.getFirst();
        TestMember second = members.get(1);
        TestMember third = members.get(2);
        lead(second);
        second.write("before");
        Path before = inTheWayOf(first.folder);

        lead(third);
        third.write("while one cannot write its vote");
        first.awaitEntry("while one cannot write its vote");
        Eventually.until("it says so", () -> saysSo(first));
        assertThat(second.log.trouble()).isEmpty();
        List<Path> obstacles = List.of(before, inTheWayOf(second.folder));
        third.close();
        Eventually.until("the other says so", () -> saysSo(second));
        Eventually.until(
                "no leader",
                () -> first.log.leadership().leader() == null
                        && second.log.leadership().leader() == null);
        var refused = new TestProposal("without a leader");
        second.log.propose(refused);
        Eventually.until("a refusal", () -> refused.refusal().isDone());

        for (Path obstacle : obstacles) {
            remove(obstacle);
        }
        Eventually.until("a leader", () -> first.leads() || second.leads());
        (first.leads() ? first : second).write("after");
        first.awaitEntry("after");
        second.awaitEntry("after");
        Eventually.until(
                "they say nothing more",
                () -> first.log.trouble().isEmpty() && second.log.trouble().isEmpty());
        assertThat(first.machine.failures).isEmpty();
    }

    @Test
    void aLoneMemberThatCannotWriteItsVoteLeadsOnceItCan() throws IOException {
        Member lone = TestMember.voter(1);
        JRaftLogConfig config = TestMember.config(folder, lone, List.of(lone), new PeerSecurity.PlainOnLoopback());
        try (TestMember member = TestMember.start(config)) {
            member.awaitLead();
            member.write("before");
        }
        Path obstacle = inTheWayOf(folder);

        TestMember again = TestMember.start(config);
        members.add(again);
        Eventually.until("it says so", () -> again.log.trouble().isPresent());
        assertThat(again.leads()).isFalse();

        remove(obstacle);
        again.awaitLead();
        again.write("after");
        assertThat(again.machine.failures).isEmpty();
    }

    @Test
    void aMemberWhoseVoteWasDamagedDoesNotStart() throws IOException {
        Member lone = TestMember.voter(1);
        JRaftLogConfig config = TestMember.config(folder, lone, List.of(lone), new PeerSecurity.PlainOnLoopback());
        try (TestMember member = TestMember.start(config)) {
            member.awaitLead();
        }
        Path file = folder.resolve("raft/meta/raft_meta");
        byte[] content = Files.readAllBytes(file);
        for (int at = 0; at < content.length; at++) {
            byte[] damaged = content.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(() -> TestMember.start(config).close())
                    .as("byte %d of %d", at, content.length)
                    .isInstanceOf(LogUnusable.class);
        }
    }

    private static boolean saysSo(TestMember member) {
        return member.log.trouble().orElse("").contains("neither votes nor leads");
    }

    private static Path inTheWayOf(Path member) throws IOException {
        Path place = Files.createDirectories(member.resolve("raft/meta/raft_meta.tmp"));
        return Files.createFile(place.resolve("in the way"));
    }

    private static void remove(Path obstacle) throws IOException {
        Files.delete(obstacle);
        Files.delete(obstacle.getParent());
    }

    private void lead(TestMember wanted) {
        Eventually.until("member " + wanted.id + " leads", () -> {
            members.stream()
                    .filter(TestMember::leads)
                    .filter(leader -> leader != wanted)
                    .findFirst()
                    .ifPresent(leader -> leader.log.transferLeadership(wanted.id, TestMember.SOON));
            return wanted.leads();
        });
    }
}
