package io.kvorum.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MembershipTest {
    private static final Member VOTER = Member.getDefaultInstance();
    private static final Member LEARNER = Member.newBuilder().setIsLearner(true).build();

    @Test
    void aClusterSparesAMemberOnlyWhenTheOthersAreAMajorityOfItsVoters() {
        assertThat(Membership.canSpareOne(List.of(VOTER))).isFalse();
        assertThat(Membership.canSpareOne(List.of(VOTER, VOTER))).isFalse();
        assertThat(Membership.canSpareOne(List.of(VOTER, VOTER, LEARNER))).isFalse();
        assertThat(Membership.canSpareOne(List.of(VOTER, VOTER, VOTER))).isTrue();
        assertThat(Membership.canSpareOne(List.of(VOTER, VOTER, VOTER, LEARNER, VOTER)))
                .isTrue();
    }
}
