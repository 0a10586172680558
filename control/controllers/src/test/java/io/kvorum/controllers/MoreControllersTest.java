package io.kvorum.controllers;

import static io.kvorum.client.Eventually.eventually;
import static io.kvorum.controllers.TestCluster.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MoreControllersTest {
    private final TestCluster cluster;
    private final ObjectApi api;

    MoreControllersTest() throws InterruptedException {
        cluster = new TestCluster();
        api = cluster.api;
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aDaemonHasOnePodPerNodeAndFollowsItsTemplate() {
        cluster.readyNode(PretendNode.NAME);
        api.create(new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("agent")
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", "agent")
                .endSelector()
                .withTemplate(cluster.template("agent", "image:1"))
                .endSpec()
                .build());
        eventually(() -> {
            assertThat(cluster.pods()).hasSize(1);
            DaemonSet set = api.find(DaemonSet.class, key("agent")).orElseThrow();
            assertThat(set.getStatus().getNumberAvailable()).isEqualTo(1);
            assertThat(set.getStatus().getDesiredNumberScheduled()).isEqualTo(1);
        });
        api.change(
                DaemonSet.class,
                key("agent"),
                set -> new DaemonSetBuilder(set)
                        .editSpec()
                        .withTemplate(cluster.template("agent", "image:2"))
                        .endSpec()
                        .build());
        eventually(() -> {
            assertThat(cluster.pods()).hasSize(1);
            assertThat(cluster.pods()
                            .getFirst()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getImage())
                    .isEqualTo("image:2");
            DaemonSet set = api.find(DaemonSet.class, key("agent")).orElseThrow();
            assertThat(set.getStatus().getUpdatedNumberScheduled()).isEqualTo(1);
        });
        assertThat(cluster.server.count("controllerrevisions.apps")).isEqualTo(2);
    }

    @Test
    void aStatefulSetGrowsInOrderKeepsItsClaimsAndRollsBackwards() {
        api.create(new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("db")
                .endMetadata()
                .withNewSpec()
                .withServiceName("db")
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", "db")
                .endSelector()
                .withTemplate(cluster.template("db", "image:1"))
                .addNewVolumeClaimTemplate()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .endSpec()
                .endVolumeClaimTemplate()
                .endSpec()
                .build());
        eventually(() -> {
            StatefulSet set = api.find(StatefulSet.class, key("db")).orElseThrow();
            assertThat(set.getStatus().getReadyReplicas()).isEqualTo(3);
            assertThat(set.getStatus().getCurrentRevision())
                    .isEqualTo(set.getStatus().getUpdateRevision());
        });
        assertThat(api.find(PersistentVolumeClaim.class, key("data-db-2"))).isPresent();
        assertThat(createdPods()).containsExactly("db-0", "db-1", "db-2");
        api.change(
                StatefulSet.class,
                key("db"),
                set -> new StatefulSetBuilder(set)
                        .editSpec()
                        .withTemplate(cluster.template("db", "image:2"))
                        .endSpec()
                        .build());
        eventually(() -> {
            StatefulSet set = api.find(StatefulSet.class, key("db")).orElseThrow();
            assertThat(set.getStatus().getUpdatedReplicas()).isEqualTo(3);
            assertThat(set.getStatus().getReadyReplicas()).isEqualTo(3);
            assertThat(cluster.pods())
                    .extracting(pod -> pod.getSpec().getContainers().getFirst().getImage())
                    .containsOnly("image:2");
        });
        api.mergePatch(StatefulSet.class, key("db"), "{\"spec\":{\"replicas\":1}}");
        eventually(() -> assertThat(cluster.pods())
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactly("db-0"));
        assertThat(cluster.server.count("persistentvolumeclaims")).isEqualTo(3);
    }

    @Test
    void aCronJobMakesUpForTheLatestMissedTimeOnce() {
        String yesterday = Instant.now()
                .minus(1, ChronoUnit.DAYS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        api.create(new CronJobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("nightly")
                .endMetadata()
                .withNewSpec()
                .withSchedule("*/5 * * * *")
                .withConcurrencyPolicy("Forbid")
                .withNewJobTemplate()
                .withSpec(job("x", "ends:1").getSpec())
                .endJobTemplate()
                .endSpec()
                .withNewStatus()
                .withLastScheduleTime(yesterday)
                .endStatus()
                .build());
        eventually(() -> {
            List<Job> jobs = cluster.client
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace("default")
                    .list()
                    .getItems();
            assertThat(jobs).hasSize(1);
            assertThat(jobs.getFirst().getMetadata().getName()).startsWith("nightly-");
            assertThat(jobs.getFirst().getStatus().getSucceeded()).isEqualTo(1);
        });
    }

    @Test
    void anEndedJobGoesAfterItsTime() {
        Job job = job("brief", "ends:1");
        job.getSpec().setTtlSecondsAfterFinished(1);
        api.create(job);
        eventually(() ->
                assertThat(cluster.server.writes()).contains("DELETE /apis/batch/v1/namespaces/default/jobs/brief"));
        eventually(() -> assertThat(cluster.pods()).isEmpty());
    }

    @Test
    void aBudgetSaysHowManyMayGo() {
        api.create(cluster.deployment("web", 3, "image:1"));
        api.create(new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .endSpec()
                .build());
        eventually(() -> {
            PodDisruptionBudget budget =
                    api.find(PodDisruptionBudget.class, key("web")).orElseThrow();
            assertThat(budget.getStatus().getDisruptionsAllowed()).isEqualTo(1);
            assertThat(budget.getStatus().getExpectedPods()).isEqualTo(3);
            assertThat(budget.getStatus().getCurrentHealthy()).isEqualTo(3);
        });
    }

    @Test
    void anAggregatedRoleHasTheRulesOfThoseItSelects() {
        api.create(new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("view")
                .endMetadata()
                .withNewAggregationRule()
                .addNewClusterRoleSelector()
                .addToMatchLabels("to-view", "true")
                .endClusterRoleSelector()
                .endAggregationRule()
                .build());
        api.create(new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("pods")
                .withLabels(Map.of("to-view", "true"))
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("pods")
                .withVerbs("get")
                .endRule()
                .build());
        eventually(() -> assertThat(api.find(ClusterRole.class, ObjectKey.ofCluster("view"))
                        .orElseThrow()
                        .getRules())
                .hasSize(1));
    }

    private List<String> createdPods() {
        return cluster.pods().stream()
                .filter(PodState::isReady)
                .map(Pod::getMetadata)
                .map(metadata -> metadata.getName())
                .sorted()
                .toList();
    }

    private static Job job(String name, String image) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .withImage(image)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
