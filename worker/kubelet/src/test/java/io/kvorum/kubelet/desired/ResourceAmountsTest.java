package io.kvorum.kubelet.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.kubelet.linux.CgroupValues;
import org.junit.jupiter.api.Test;

class ResourceAmountsTest {
    @Test
    void aPodIsBoundedOnlyIfEveryContainerIs() {
        assertThat(ResourceAmounts.ofPod(pod(container("100m", "200m", "64Mi"), container("100m", "300m", "64Mi"))))
                .isEqualTo(new CgroupValues(204, 50_000, 100_000, 128L << 20));
        assertThat(ResourceAmounts.ofPod(pod(
                        container("100m", "200m", "64Mi"),
                        new ContainerBuilder().withName("b").build())))
                .isEqualTo(new CgroupValues(102, 0, 100_000, 0));
    }

    @Test
    void equalRequestsAndLimitsAreGuaranteedAndNothingAtAllIsBestEffort() {
        assertThat(QosClass.of(pod(container("200m", "200m", "64Mi")))).isEqualTo(QosClass.GUARANTEED);
        assertThat(QosClass.of(pod(container("100m", "200m", "64Mi")))).isEqualTo(QosClass.BURSTABLE);
        assertThat(QosClass.of(pod(new ContainerBuilder().withName("b").build())))
                .isEqualTo(QosClass.BEST_EFFORT);
    }

    @Test
    void aBurstableContainerIsKilledTheLaterTheMoreItRequested() {
        assertThat(QosClass.BURSTABLE.oomScoreAdjustment(1L << 30, 4L << 30)).isEqualTo(750);
        assertThat(QosClass.BURSTABLE.oomScoreAdjustment(0, 4L << 30)).isEqualTo(999);
        assertThat(QosClass.GUARANTEED.oomScoreAdjustment(0, 1)).isEqualTo(-997);
    }

    private static Container container(String cpuRequest, String cpuLimit, String memory) {
        return new ContainerBuilder()
                .withName("a")
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpuRequest))
                .addToLimits("cpu", new Quantity(cpuLimit))
                .addToRequests("memory", new Quantity(memory))
                .addToLimits("memory", new Quantity(memory))
                .endResources()
                .build();
    }

    private static Pod pod(Container... containers) {
        return new PodBuilder()
                .withNewSpec()
                .withContainers(containers)
                .endSpec()
                .build();
    }
}
