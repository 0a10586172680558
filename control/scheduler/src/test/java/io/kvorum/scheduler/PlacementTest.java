package io.kvorum.scheduler;

import static io.kvorum.scheduler.Sample.cluster;
import static io.kvorum.scheduler.Sample.node;
import static io.kvorum.scheduler.Sample.pod;
import static io.kvorum.scheduler.Sample.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void theEmptierNodeWins() {
        ClusterView cluster = cluster(view(node("a", "4", "8Gi"), pod("x", "3")), view(node("b", "4", "8Gi")));
        assertThat(choose(pod("p", "500m"), cluster)).isEqualTo(new Placement.On("b"));
    }

    @Test
    void aPodThatFitsNowhereLearnsWhyInUpstreamsWords() {
        Node tainted = new NodeBuilder(node("c", "4", "8Gi"))
                .editSpec()
                .addNewTaint("NoSchedule", "node.kubernetes.io/not-ready", null, null)
                .endSpec()
                .build();
        ClusterView cluster = cluster(view(node("a", "1", "8Gi")), view(node("b", "1", "8Gi")), view(tainted));
        assertThat(choose(pod("p", "2"), cluster))
                .isInstanceOfSatisfying(
                        Placement.Nowhere.class,
                        nowhere -> assertThat(nowhere.message())
                                .isEqualTo("0/3 nodes are available: 1 node(s) had untolerated taint"
                                        + " {node.kubernetes.io/not-ready: }, 2 Insufficient cpu."));
        assertThat(choose(pod("p", "2"), cluster()))
                .isInstanceOfSatisfying(
                        Placement.Nowhere.class,
                        nowhere -> assertThat(nowhere.message()).isEqualTo("no nodes available to schedule pods"));
    }

    @Test
    void initContainersCountOnlyWhileTheyNeedMoreAndSidecarsAlways() {
        Pod pod = new PodBuilder(pod("p", "1"))
                .editSpec()
                .addNewInitContainer()
                .withName("init")
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("3")))
                .endResources()
                .endInitContainer()
                .addNewInitContainer()
                .withName("sidecar")
                .withRestartPolicy("Always")
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("500m")))
                .endResources()
                .endInitContainer()
                .withOverhead(Map.of("cpu", new Quantity("250m")))
                .endSpec()
                .build();
        assertThat(Resources.requestedBy(pod).of("cpu")).isEqualTo(3250);
    }

    @Test
    void nodeSelectorsAndTolerationsDecideWhereAPodMayGo() {
        Node special = new NodeBuilder(node("special", "4", "8Gi"))
                .editMetadata()
                .addToLabels("disk", "ssd")
                .endMetadata()
                .editSpec()
                .addNewTaint("NoSchedule", "dedicated", null, "db")
                .endSpec()
                .build();
        ClusterView cluster = cluster(view(node("a", "4", "8Gi")), view(special));
        Pod wishing = new PodBuilder(pod("p", "1"))
                .editSpec()
                .addToNodeSelector("disk", "ssd")
                .endSpec()
                .build();
        assertThat(choose(wishing, cluster)).isInstanceOf(Placement.Nowhere.class);
        Pod tolerant = new PodBuilder(wishing)
                .editSpec()
                .addNewToleration("NoSchedule", "dedicated", "Equal", null, "db")
                .endSpec()
                .build();
        assertThat(choose(tolerant, cluster)).isEqualTo(new Placement.On("special"));
    }

    @Test
    void podsThatShunEachOtherGetDifferentNodes() {
        Pod first = antiAffine("web");
        ClusterView cluster = cluster(view(node("a", "4", "8Gi"), first), view(node("b", "4", "8Gi")));
        assertThat(choose(antiAffine("web"), cluster)).isEqualTo(new Placement.On("b"));
        ClusterView full = cluster(view(node("a", "4", "8Gi"), first), view(node("b", "4", "8Gi"), antiAffine("web")));
        assertThat(choose(antiAffine("web"), full))
                .isInstanceOfSatisfying(
                        Placement.Nowhere.class,
                        nowhere -> assertThat(nowhere.reasons())
                                .containsExactly(
                                        Map.entry("node(s) didn't satisfy existing pods anti-affinity rules", 2)));
    }

    @Test
    void spreadKeepsTheSkewWithinBounds() {
        Pod spread = new PodBuilder(pod("web", "100m"))
                .editSpec()
                .addNewTopologySpreadConstraint()
                .withMaxSkew(1)
                .withTopologyKey("kubernetes.io/hostname")
                .withWhenUnsatisfiable("DoNotSchedule")
                .withNewLabelSelector()
                .addToMatchLabels("app", "web")
                .endLabelSelector()
                .endTopologySpreadConstraint()
                .endSpec()
                .build();
        ClusterView cluster = cluster(
                view(node("a", "40", "80Gi"), pod("web", "1"), pod("web", "1")),
                view(node("b", "4", "8Gi"), pod("web", "1")));
        assertThat(choose(spread, cluster)).isEqualTo(new Placement.On("b"));
    }

    @Test
    void hostPortsAreTakenOnce() {
        Pod holder = withHostPort("one");
        ClusterView cluster = cluster(view(node("a", "4", "8Gi"), holder));
        assertThat(choose(withHostPort("two"), cluster)).isInstanceOf(Placement.Nowhere.class);
    }

    @Test
    void onlyAsManyLesserPodsAsNeededMakeRoom() {
        Pod small = prioritized("small", "500m", 0);
        Pod large = prioritized("large", "2", 1);
        ClusterView cluster = cluster(view(node("a", "3", "8Gi"), small, large));
        PodView important = PodView.of(prioritized("important", "800m", 100));
        assertThat(choose(important.pod(), cluster)).isInstanceOf(Placement.Nowhere.class);
        assertThat(Preemption.choose(important, cluster))
                .hasValueSatisfying(choice -> assertThat(choice.victims())
                        .extracting(victim -> victim.pod().getMetadata().getName())
                        .containsExactly("small"));
        assertThat(Preemption.choose(PodView.of(prioritized("equal", "800m", 0)), cluster))
                .isEmpty();
    }

    private static Pod prioritized(String name, String cpu, int priority) {
        return new PodBuilder(pod(name, cpu))
                .editSpec()
                .withPriority(priority)
                .endSpec()
                .build();
    }

    private static Pod withHostPort(String name) {
        return new PodBuilder(pod(name, "100m"))
                .editSpec()
                .editFirstContainer()
                .addNewPort()
                .withContainerPort(80)
                .withHostPort(80)
                .endPort()
                .endContainer()
                .endSpec()
                .build();
    }

    private static Pod antiAffine(String name) {
        return new PodBuilder(pod(name, "100m"))
                .editSpec()
                .withNewAffinity()
                .withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withTopologyKey("kubernetes.io/hostname")
                .withNewLabelSelector()
                .addToMatchLabels("app", name)
                .endLabelSelector()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .endSpec()
                .build();
    }

    private static Placement choose(Pod pod, ClusterView cluster) {
        return Placement.choose(PodView.of(pod), cluster, new Random(7));
    }
}
