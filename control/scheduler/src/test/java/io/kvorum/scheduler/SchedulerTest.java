package io.kvorum.scheduler;

import static io.kvorum.client.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.Clients;
import io.kvorum.client.Informers;
import io.kvorum.client.MemoryApi;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private final MemoryApi server = new MemoryApi(InstantSource.system());
    private final KubernetesClient client = Clients.inProcess(server, List.of());
    private final ObjectApi api = new ObjectApi(client);
    private final Informers informers = new Informers(client);
    private final Scheduler scheduler =
            new Scheduler(client, informers, SchedulerConfig.defaults(new Random(7), "test"), InstantSource.system());

    @BeforeEach
    void start() throws InterruptedException {
        scheduler.start();
    }

    @AfterEach
    void close() {
        scheduler.close();
        informers.close();
        client.close();
        server.shutDown();
    }

    @Test
    void podsAreSpreadAndNoNodeIsOvercommitted() {
        api.create(Sample.node("a", "2", "8Gi"));
        api.create(Sample.node("b", "2", "8Gi"));
        for (int number = 0; number < 5; number++) {
            api.create(Sample.pod("p" + number, "900m"));
        }
        eventually(() -> {
            assertThat(bound().stream()
                            .collect(Collectors.groupingBy(pod -> pod.getSpec().getNodeName())))
                    .hasSize(2)
                    .allSatisfy((node, pods) -> assertThat(pods).hasSize(2));
            assertThat(waiting()).hasSize(1);
            Pod left = waiting().getFirst();
            assertThat(PodState.condition(left, "PodScheduled")).hasValueSatisfying(condition -> {
                assertThat(condition.getReason()).isEqualTo("Unschedulable");
                assertThat(condition.getMessage()).isEqualTo("0/2 nodes are available: 2 Insufficient cpu.");
            });
        });
        eventually(() -> assertThat(
                        client.v1().events().inNamespace("default").list().getItems())
                .extracting(Event::getReason)
                .contains("Scheduled", "FailedScheduling"));
    }

    @Test
    void aWaitingPodGoesOnWhenRoomComes() {
        api.create(Sample.pod("p", "1"));
        eventually(
                () -> assertThat(PodState.condition(pod("p"), "PodScheduled")).isPresent());
        api.create(Sample.node("late", "2", "8Gi"));
        eventually(() -> assertThat(pod("p").getSpec().getNodeName()).isEqualTo("late"));
    }

    @Test
    void anEndedPodFreesItsPlace() {
        api.create(Sample.node("a", "1", "8Gi"));
        api.create(Sample.pod("first", "1"));
        eventually(() -> assertThat(bound()).hasSize(1));
        api.create(Sample.pod("second", "1"));
        eventually(() ->
                assertThat(PodState.condition(pod("second"), "PodScheduled")).isPresent());
        api.deleteNow(pod("first"));
        eventually(() -> assertThat(pod("second").getSpec().getNodeName()).isEqualTo("a"));
    }

    private Pod pod(String name) {
        return api.find(Pod.class, new ObjectKey("default", name)).orElseThrow();
    }

    private List<Pod> bound() {
        return all().stream().filter(PodState::isScheduled).toList();
    }

    private List<Pod> waiting() {
        return all().stream().filter(pod -> !PodState.isScheduled(pod)).toList();
    }

    private List<Pod> all() {
        return client.pods().inNamespace("default").list().getItems();
    }
}
