package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MembershipHistoryTest {
    private static final MemberId NEWCOMER = new MemberId(7);

    private final MembershipHistory history = new MembershipHistory();

    private static PeerId peer(long id) {
        return PeerName.of(new Member(new MemberId(id), new InetSocketAddress("192.0.2.1", 2380), false));
    }

    /** A learner that gets its vote is no member for one entry; whoever looks just then must not take it for removed. */
    private void aLearnerIsGivenItsVote() {
        history.note(10, new Configuration(List.of(peer(1)), List.of(peer(7))));
        history.note(11, new Configuration(List.of(peer(1))));
        history.note(12, new Configuration(List.of(peer(1), peer(7))));
    }

    @Test
    void aVoteInALaterEntryIsNotSeenYet() {
        aLearnerIsGivenItsVote();

        assertThat(history.lastSeen(NEWCOMER, 11)).map(Member::isLearner).contains(true);
    }

    @Test
    void aVoteInAnAppliedEntryIsRemembered() {
        aLearnerIsGivenItsVote();
        history.note(13, new Configuration(List.of(peer(1))));

        assertThat(history.lastSeen(NEWCOMER, 13)).map(Member::isLearner).contains(false);
    }

    @Test
    void beforeItsFirstEntryAMemberWasNothing() {
        aLearnerIsGivenItsVote();

        assertThat(history.lastSeen(NEWCOMER, 9)).isEmpty();
    }
}
