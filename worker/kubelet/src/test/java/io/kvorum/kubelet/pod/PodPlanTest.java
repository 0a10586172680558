package io.kvorum.kubelet.pod;

import static io.kvorum.kubelet.pod.PodFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodPlanTest {
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Test
    void aNewPodGetsASandboxFirst() {
        assertThat(new PodFixture().main("a").plan().actions()).containsExactly(new Action.CreateSandbox(0));
    }

    @Test
    void aLostSandboxIsReplacedByTheNextAttempt() {
        PodPlan plan =
                new PodFixture().main("a").sandbox(2, false).exited("a", 0, 255).plan();

        assertThat(plan.actions()).containsExactly(new Action.CreateSandbox(3));
    }

    @Test
    void allMainContainersStartTogether() {
        PodPlan plan = new PodFixture().main("a").main("b").sandbox(0, true).plan();

        assertThat(plan.actions()).containsExactly(start("a", 0, Duration.ZERO), start("b", 0, Duration.ZERO));
    }

    @Test
    void initContainersRunOneAfterTheOther() {
        PodFixture pod = new PodFixture().init("i1").init("i2").main("a").sandbox(0, true);
        assertThat(pod.plan().actions()).containsExactly(start("i1", 0, Duration.ZERO));

        pod.exited("i1", 0, 0);
        assertThat(pod.plan().actions()).containsExactly(start("i2", 0, Duration.ZERO));

        pod.exited("i2", 0, 0);
        assertThat(pod.plan().actions()).containsExactly(start("a", 0, Duration.ZERO));
    }

    @Test
    void aRunningInitContainerIsWaitedFor() {
        PodPlan plan = new PodFixture()
                .init("i")
                .main("a")
                .sandbox(0, true)
                .running("i", 0)
                .plan();

        assertThat(plan.actions()).isEmpty();
    }

    @Test
    void aSidecarMustHaveStartedBeforeTheNextContainer() {
        PodFixture pod =
                new PodFixture().sidecar("s").main("a").sandbox(0, true).running("s", 0);
        assertThat(pod.plan().actions()).isEmpty();

        pod.notes.put("s", ContainerNote.EMPTY.launched("s-0", Duration.ZERO, true, false));
        assertThat(pod.plan().actions()).containsExactly(start("a", 0, Duration.ZERO));
    }

    @Test
    void aFailedInitContainerEndsAPodThatNeverRestarts() {
        PodPlan plan = new PodFixture()
                .policy("Never")
                .init("i")
                .main("a")
                .sandbox(0, true)
                .exited("i", 0, 1)
                .plan();

        assertThat(plan.actions()).containsExactly(new Action.StopSandbox("sandbox-0"));
    }

    @Test
    void theFirstEndIsRestartedAtOnceAndTheSecondWaits() {
        PodFixture pod = new PodFixture().main("a").sandbox(0, true).exited("a", 0, 1);
        assertThat(pod.plan().actions()).containsExactly(start("a", 1, Duration.ofSeconds(10)));

        pod.exited("a", 1, 1);
        pod.notes.put("a", ContainerNote.EMPTY.launched("a-1", Duration.ofSeconds(10), true, true));
        PodPlan waiting = pod.plan();

        assertThat(waiting.actions()).isEmpty();
        assertThat(waiting.wakeAt()).contains(NOW.plusSeconds(9));
    }

    @Test
    void aContainerThatEndedWellIsLeftAloneUnderOnFailure() {
        PodPlan plan = new PodFixture()
                .policy("OnFailure")
                .main("a")
                .main("b")
                .sandbox(0, true)
                .exited("a", 0, 0)
                .running("b", 0)
                .plan();

        assertThat(plan.actions()).isEmpty();
    }

    @Test
    void aContainerThatFailedItsProbeIsStoppedOnce() {
        PodFixture pod = new PodFixture().main("a").sandbox(0, true).running("a", 0);
        ContainerNote failed = ContainerNote.EMPTY
                .launched("a-0", Duration.ZERO, true, true)
                .withFailure(new ContainerNote.Failure("failed liveness probe", Optional.of(Duration.ofSeconds(3))));
        pod.notes.put("a", failed);
        assertThat(pod.plan().actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.StopContainer.class,
                        stop -> assertThat(stop.grace()).isEqualTo(Duration.ofSeconds(3)));

        pod.notes.put("a", failed.withStopping(Optional.of(new ContainerNote.Stopping("a-0", NOW.plusSeconds(3)))));
        assertThat(pod.plan().actions()).isEmpty();
    }

    @Test
    void deletionStopsMainContainersBeforeSidecarsAndThenRemovesAll() {
        Intent delete = new Intent.Delete(GRACE, NOW);
        PodFixture both = new PodFixture()
                .intent(delete)
                .sidecar("s")
                .main("a")
                .sandbox(0, true)
                .running("s", 0)
                .running("a", 0);
        assertThat(both.plan().actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.StopContainer.class,
                        stop -> assertThat(stop.container().name()).isEqualTo("a"));

        PodFixture sidecarOnly = new PodFixture()
                .intent(delete)
                .sidecar("s")
                .main("a")
                .sandbox(0, true)
                .running("s", 0)
                .exited("a", 0, 0);
        assertThat(sidecarOnly.plan().actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.StopContainer.class,
                        stop -> assertThat(stop.container().name()).isEqualTo("s"));

        PodFixture none =
                new PodFixture().intent(delete).main("a").sandbox(0, true).exited("a", 0, 0);
        assertThat(none.plan().actions())
                .containsExactly(
                        new Action.StopSandbox("sandbox-0"),
                        new Action.RemoveSandbox("sandbox-0"),
                        new Action.TearDown(),
                        new Action.Conclude());
    }

    @Test
    void aShorterGraceOvertakesAStopUnderWay() {
        PodFixture pod = new PodFixture().main("a").sandbox(0, true).running("a", 0);
        pod.notes.put(
                "a",
                ContainerNote.EMPTY.withStopping(Optional.of(new ContainerNote.Stopping("a-0", NOW.plusSeconds(25)))));

        pod.intent(new Intent.Delete(GRACE, NOW.minusSeconds(5)));
        assertThat(pod.plan().actions()).isEmpty();

        pod.intent(new Intent.Delete(Duration.ofSeconds(1), NOW));
        assertThat(pod.plan().actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.StopContainer.class,
                        stop -> assertThat(stop.grace()).isEqualTo(Duration.ofSeconds(2)));
    }

    @Test
    void theGraceOfADeletionIsNotGrantedAgainByARestartedAgent() {
        PodPlan plan = new PodFixture()
                .intent(new Intent.Delete(GRACE, NOW.minusSeconds(20)))
                .main("a")
                .sandbox(0, true)
                .running("a", 0)
                .plan();

        assertThat(plan.actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.StopContainer.class,
                        stop -> assertThat(stop.grace()).isEqualTo(Duration.ofSeconds(10)));
    }

    @Test
    void aPostStartHookHoldsBackTheContainersAfterIt() {
        PodFixture pod = new PodFixture().mainWithPostStart("a").main("b").sandbox(0, true);
        assertThat(pod.plan().actions()).containsExactly(start("a", 0, Duration.ZERO));

        pod.running("a", 0);
        ContainerNote launched = ContainerNote.EMPTY.launched("a-0", Duration.ZERO, false, false);
        pod.notes.put("a", launched.withBeginning(true));
        assertThat(pod.plan().actions()).isEmpty();

        pod.notes.put("a", launched.withBeginning(false));
        assertThat(pod.plan().actions()).containsExactly(start("b", 0, Duration.ZERO));
    }

    @Test
    void aDebuggerStartsOnceInARunningPodAndIsNeverRestarted() {
        PodFixture pod =
                new PodFixture().main("a").debugger("d").sandbox(0, true).running("a", 0);
        assertThat(pod.plan().actions()).containsExactly(start("d", 0, Duration.ZERO));

        pod.exited("d", 0, 1);
        assertThat(pod.plan().actions()).isEmpty();
        assertThat(PodPhase.of(pod.pod(), pod.situation().observed())).isEqualTo(PodPhase.RUNNING);
    }

    @Test
    void aContainerCreatedButNeverStartedIsMadeAnew() {
        PodPlan plan = new PodFixture()
                .main("a")
                .sandbox(0, true)
                .observed("a", 0, ObservedContainer.State.CREATED, 0, "")
                .plan();

        assertThat(plan.actions()).hasSize(2).last().isEqualTo(start("a", 0, Duration.ZERO));
        assertThat(plan.actions().getFirst()).isInstanceOf(Action.RemoveContainer.class);
    }

    @Test
    void onlyOneEndedContainerIsKeptBesidesTheNewest() {
        PodPlan plan = new PodFixture()
                .main("a")
                .sandbox(0, true)
                .exited("a", 0, 1)
                .exited("a", 1, 1)
                .running("a", 2)
                .plan();

        assertThat(plan.actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.RemoveContainer.class,
                        remove -> assertThat(remove.container().attempt()).isZero());
    }

    private static Action start(String name, int attempt, Duration nextBackoff) {
        return new Action.StartContainer(name, attempt, "sandbox-0", nextBackoff);
    }
}
