package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.kubelet.NodeAgentConfig.Limits;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KubeletArgumentsTest {
    @Test
    void howManyPodsFitAndHowLargeLogsGrowIsUpToTheOperator() {
        Limits limits = KubeletArguments.apply(
                Limits.usual(),
                Map.of("max-pods", "50", "container-log-max-size", "1Mi", "container-log-max-files", "2"));

        assertThat(limits.maxPods()).isEqualTo(50);
        assertThat(limits.containerLogBytes()).isEqualTo(1 << 20);
        assertThat(limits.containerLogFiles()).isEqualTo(2);
        assertThat(limits.leaseRenewal()).isEqualTo(Limits.usual().leaseRenewal());
    }

    @Test
    void nonsenseIsRefusedWithItsName() {
        for (Map.Entry<String, String> each :
                Map.of("max-pods", "many", "container-log-max-size", "-1Mi").entrySet()) {
            assertThatThrownBy(() -> KubeletArguments.apply(Limits.usual(), Map.of(each.getKey(), each.getValue())))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("--kubelet-arg " + each.getKey())
                    .hasMessageContaining(each.getValue());
        }
    }
}
