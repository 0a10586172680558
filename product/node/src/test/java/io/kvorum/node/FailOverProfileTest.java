package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailOverProfileTest {
    @Test
    void atTheEdgePodsRunElsewhereWithinHalfAMinuteAndOneLostRenewalMovesNothing() {
        FailOverProfile edge = FailOverProfile.of(true);

        assertThat(edge.expected()).isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(edge.nodeGrace()).isGreaterThanOrEqualTo(edge.leaseRenewal().multipliedBy(3));
    }

    @Test
    void otherwiseNothingDiffersFromUpstream() {
        FailOverProfile standard = FailOverProfile.of(false);

        assertThat(standard.nodeGrace()).isEqualTo(Duration.ofSeconds(40));
        assertThat(standard.lostNodes().unreachableSeconds()).isEqualTo(300);
    }
}
