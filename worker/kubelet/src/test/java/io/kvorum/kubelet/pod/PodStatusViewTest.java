package io.kvorum.kubelet.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodStatusViewTest {
    @Test
    void aPodWithoutContainersYetIsPendingAndCreating() {
        PodStatus status = status(new PodFixture().main("a"));

        assertThat(status.getPhase()).isEqualTo("Pending");
        assertThat(status.getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getWaiting()
                        .getReason())
                .isEqualTo("ContainerCreating");
        assertThat(condition(status, "Ready").getReason()).isEqualTo("ContainersNotReady");
        assertThat(condition(status, "Ready").getMessage()).isEqualTo("containers with unready status: [a]");
    }

    @Test
    void mainContainersWaitForInitContainersByName() {
        PodStatus status =
                status(new PodFixture().init("i").main("a").sandbox(0, true).running("i", 0));

        assertThat(status.getPhase()).isEqualTo("Pending");
        assertThat(status.getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getWaiting()
                        .getReason())
                .isEqualTo("PodInitializing");
        assertThat(condition(status, "Initialized").getMessage()).isEqualTo("containers with incomplete status: [i]");
    }

    @Test
    void aReadyPodHasItsAddressAndAllConditions() {
        PodFixture pod = new PodFixture().main("a").sandbox(0, true).running("a", 0);
        pod.notes.put("a", ContainerNote.EMPTY.launched("a-0", Duration.ZERO, true, true));

        PodStatus status = status(pod);

        assertThat(status.getPhase()).isEqualTo("Running");
        assertThat(status.getPodIP()).isEqualTo("10.42.0.5");
        assertThat(status.getHostIP()).isEqualTo("10.0.0.1");
        assertThat(status.getContainerStatuses().getFirst().getContainerID()).isEqualTo("containerd://a-0");
        assertThat(status.getConditions())
                .allSatisfy(condition -> assertThat(condition.getStatus()).isEqualTo("True"));
    }

    @Test
    void aCrashingContainerShowsItsBackOffAndItsLastEnd() {
        PodFixture pod = new PodFixture().main("a").sandbox(0, true).exited("a", 1, 3);
        pod.notes.put("a", ContainerNote.EMPTY.launched("a-1", Duration.ofSeconds(80), true, true));

        var container = status(pod).getContainerStatuses().getFirst();

        assertThat(container.getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
        assertThat(container.getState().getWaiting().getMessage())
                .isEqualTo("back-off 1m20s restarting failed container=a pod=web_default(u1)");
        assertThat(container.getLastState().getTerminated().getExitCode()).isEqualTo(3);
        assertThat(container.getRestartCount()).isEqualTo(1);
        assertThat(status(pod).getPhase()).isEqualTo("Running");
    }

    @Test
    void aPodWhoseContainersAllEndedWellHasSucceeded() {
        PodStatus status = status(
                new PodFixture().policy("Never").main("a").sandbox(0, true).exited("a", 0, 0));

        assertThat(status.getPhase()).isEqualTo("Succeeded");
        assertThat(status.getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated()
                        .getReason())
                .isEqualTo("Completed");
        assertThat(condition(status, "Ready").getReason()).isEqualTo("PodCompleted");
    }

    @Test
    void theRuntimesWordForAnEndIsKept() {
        PodStatus status = status(new PodFixture()
                .policy("Never")
                .main("a")
                .sandbox(0, true)
                .observed("a", 0, ObservedContainer.State.EXITED, 137, "OOMKilled"));

        assertThat(status.getPhase()).isEqualTo("Failed");
        assertThat(status.getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated()
                        .getReason())
                .isEqualTo("OOMKilled");
    }

    @Test
    void aPodThatTheNodeEndedHasFailedForThatReason() {
        PodFixture pod = new PodFixture().main("a").sandbox(0, true).running("a", 0);
        var ending = Optional.of(new PodStatusView.Ending("DeadlineExceeded", "too long"));

        PodStatus status = new PodStatusView(pod.situation(), "10.0.0.1", ending).compute();

        assertThat(status.getPhase()).isEqualTo("Failed");
        assertThat(status.getReason()).isEqualTo("DeadlineExceeded");
    }

    private static PodStatus status(PodFixture pod) {
        return new PodStatusView(pod.situation(), "10.0.0.1", Optional.empty()).compute();
    }

    private static PodCondition condition(PodStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
