package io.kvorum.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.raft.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitialClusterTest {
    @Test
    void allMembersWorkOutTheSameIdsAndNoTwoAreTheSame() {
        var one = InitialCluster.parse(List.of("a=http://127.0.0.1:1", "b=http://127.0.0.1:2"), "t");
        var other = InitialCluster.parse(List.of("b=http://127.0.0.1:2", "a=http://127.0.0.1:1"), "t");

        assertThat(one.members()).containsExactlyInAnyOrderElementsOf(other.members());
        assertThat(one.members().stream().map(Member::id)).doesNotHaveDuplicates();
        assertThat(one.clusterId()).isEqualTo(other.clusterId());
    }

    @Test
    void anotherTokenMakesAnotherCluster() {
        var one = InitialCluster.parse(List.of("a=http://127.0.0.1:1"), "t");
        var other = InitialCluster.parse(List.of("a=http://127.0.0.1:1"), "u");

        assertThat(one.clusterId()).isNotEqualTo(other.clusterId());
        assertThat(one.members().getFirst().id())
                .isNotEqualTo(other.members().getFirst().id());
    }

    @Test
    void aMemberWithoutANameIsRefusedWithAnExample() {
        assertThatThrownBy(() -> InitialCluster.parse(List.of("http://127.0.0.1:1"), "t"))
                .hasMessageContaining("NAME=URL");
    }
}
