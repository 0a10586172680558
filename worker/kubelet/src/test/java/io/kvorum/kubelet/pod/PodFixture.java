package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.EphemeralContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pod and what the runtime has of it, put together step by step. */
final class PodFixture {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final List<Container> inits = new ArrayList<>();
    private final List<Container> mains = new ArrayList<>();
    private final List<EphemeralContainer> debuggers = new ArrayList<>();
    private final List<ObservedSandbox> sandboxes = new ArrayList<>();
    private final List<ObservedContainer> containers = new ArrayList<>();
    final Map<String, ContainerNote> notes = new HashMap<>();
    private String policy = "Always";
    private Intent intent = new Intent.Run();

    PodFixture main(String name) {
        mains.add(container(name));
        return this;
    }

    PodFixture mainWithPostStart(String name) {
        mains.add(new ContainerBuilder(container(name))
                .withNewLifecycle()
                .withNewPostStart()
                .withNewExec()
                .withCommand("true")
                .endExec()
                .endPostStart()
                .endLifecycle()
                .build());
        return this;
    }

    PodFixture debugger(String name) {
        debuggers.add(new EphemeralContainerBuilder()
                .withName(name)
                .withImage("busybox:1")
                .build());
        return this;
    }

    PodFixture init(String name) {
        inits.add(container(name));
        return this;
    }

    PodFixture sidecar(String name) {
        inits.add(new ContainerBuilder(container(name))
                .withRestartPolicy("Always")
                .build());
        return this;
    }

    static Container container(String name) {
        return new ContainerBuilder().withName(name).withImage("busybox:1").build();
    }

    PodFixture policy(String restartPolicy) {
        policy = restartPolicy;
        return this;
    }

    PodFixture intent(Intent wanted) {
        intent = wanted;
        return this;
    }

    PodFixture sandbox(int attempt, boolean ready) {
        sandboxes.add(
                new ObservedSandbox("sandbox-" + attempt, attempt, ready, ready ? List.of("10.42.0.5") : List.of()));
        return this;
    }

    PodFixture running(String name, int attempt) {
        return observed(name, attempt, ObservedContainer.State.RUNNING, 0, "");
    }

    PodFixture exited(String name, int attempt, int exitCode) {
        return observed(name, attempt, ObservedContainer.State.EXITED, exitCode, "");
    }

    PodFixture observed(String name, int attempt, ObservedContainer.State state, int exitCode, String reason) {
        String sandbox = sandboxes.isEmpty() ? "gone" : sandboxes.getLast().id();
        containers.add(new ObservedContainer(
                name + "-" + attempt,
                sandbox,
                name,
                attempt,
                state,
                NOW.minusSeconds(20).plusSeconds(attempt),
                NOW.minusSeconds(20).plusSeconds(attempt),
                state == ObservedContainer.State.EXITED ? NOW.minusSeconds(1) : Instant.EPOCH,
                exitCode,
                reason,
                "",
                "docker.io/library/busybox:1",
                "sha256:1",
                ContainerDefinition.of(container(name)),
                "/var/log/x"));
        return this;
    }

    Pod pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withUid("u1")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy(policy)
                .withInitContainers(inits)
                .withContainers(mains)
                .withEphemeralContainers(debuggers)
                .endSpec()
                .build();
    }

    PodPlan.Situation situation() {
        return new PodPlan.Situation(pod(), new PodObservation(sandboxes, containers), notes, intent, NOW);
    }

    PodPlan plan() {
        return PodPlan.of(situation());
    }
}
