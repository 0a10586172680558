package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.engine.ClusterMember;
import io.kvorum.raft.MemberId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GhostWatchTest {
    private final List<ClusterMember> members =
            new ArrayList<>(List.of(member(1, "shop-a-01234567"), member(2, "shop-b-89abcdef")));
    private final Set<String> nodes = new TreeSet<>(Set.of("shop-a", "shop-b"));
    private final Set<MemberId> answering = new java.util.HashSet<>(Set.of(new MemberId(1), new MemberId(2)));
    private final List<String> told = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final GhostWatch watch = new GhostWatch(
            new GhostWatch.Sight(() -> members, () -> nodes, member -> answering.contains(member.id()), told::add),
            () -> now);

    private static ClusterMember member(long id, String name) {
        return new ClusterMember(new MemberId(id), name, List.of("https://10.0.0." + id + ":2380"), List.of(), false);
    }

    private void lookFor(Duration time) {
        for (Instant end = now.plus(time); !now.isAfter(end); now = now.plusSeconds(60)) {
            watch.look();
        }
    }

    @Test
    void aMemberWithoutNodeThatDoesNotAnswerIsReportedWithWhatToDo() {
        nodes.remove("shop-b");
        answering.remove(new MemberId(2));

        lookFor(Duration.ofMinutes(4));
        assertThat(told).isEmpty();
        lookFor(Duration.ofMinutes(30));

        assertThat(told).hasSize(1);
        assertThat(told.getFirst())
                .contains("shop-b-89abcdef", "https://10.0.0.2:2380", "etcdctl member remove " + new MemberId(2));
    }

    @Test
    void aServerThatIsOffIsSeenByItsNodeAndOneWithoutAgentAnswers() {
        answering.remove(new MemberId(1));
        nodes.remove("shop-b");

        lookFor(Duration.ofHours(1));

        assertThat(told).isEmpty();
    }

    @Test
    void aJoinThatWasNeverFinishedLeavesAGhost() {
        members.add(member(3, ""));

        lookFor(Duration.ofMinutes(10));

        assertThat(told).singleElement().asString().contains("never started");
    }

    @Test
    void whoAnswersInBetweenBeginsAnew() {
        nodes.remove("shop-b");
        answering.remove(new MemberId(2));
        lookFor(Duration.ofMinutes(3));
        answering.add(new MemberId(2));
        lookFor(Duration.ofMinutes(1));
        answering.remove(new MemberId(2));

        lookFor(Duration.ofMinutes(3));

        assertThat(told).isEmpty();
    }
}
