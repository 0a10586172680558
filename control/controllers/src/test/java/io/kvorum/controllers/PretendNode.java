package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.ControlLoop;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes every pod, says it runs, and lets deleted ones go. Its image's name decides the pod's fate. */
final class PretendNode implements AutoCloseable {
    static final String NAME = "pretend";

    private final ObjectApi api;
    private final Informers informers;
    private final Informer<Pod> pods;
    private final ControlLoop loop;
    private final AtomicInteger addresses = new AtomicInteger(1);

    PretendNode(KubernetesClient client) {
        this.api = new ObjectApi(client);
        this.informers = new Informers(client);
        this.pods = informers.of(Pod.class);
        this.loop = new ControlLoop("pretend-node", 2, this::run);
        pods.onChange((before, after) -> loop.enqueue(ObjectKey.of(after == null ? before : after)));
    }

    void start() throws InterruptedException {
        informers.start(Duration.ofSeconds(10));
        loop.start();
    }

    private Result run(ObjectKey key) {
        Optional<Pod> found = api.find(Pod.class, key);
        if (found.isEmpty()) {
            return Result.done();
        }
        Pod pod = found.get();
        if (PodState.isDeleting(pod)) {
            api.deleteNow(pod);
        } else if (!PodState.isScheduled(pod)) {
            api.update(
                    new PodBuilder(pod).editSpec().withNodeName(NAME).endSpec().build());
        } else if (PodState.phase(pod).equals("Pending")) {
            String image = pod.getSpec().getContainers().getFirst().getImage();
            api.changeStatus(Pod.class, key, live -> status(live, image));
        }
        return Result.done();
    }

    private Pod status(Pod pod, String image) {
        String phase = image.startsWith("ends") ? "Succeeded" : image.startsWith("fails") ? "Failed" : "Running";
        boolean ready = phase.equals("Running") && !image.startsWith("unready");
        String ip = "10.42.0." + addresses.incrementAndGet();
        return new PodBuilder(pod)
                .editOrNewStatus()
                .withPhase(phase)
                .withPodIP(ip)
                .withPodIPs(new PodIP(ip))
                .withConditions(new PodConditionBuilder()
                        .withType("Ready")
                        .withStatus(ready ? "True" : "False")
                        .withLastTransitionTime(
                                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                        .build())
                .endStatus()
                .build();
    }

    @Override
    public void close() {
        loop.close();
        informers.close();
    }
}
