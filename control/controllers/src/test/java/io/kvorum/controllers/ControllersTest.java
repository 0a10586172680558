package io.kvorum.controllers;

import static io.kvorum.client.Eventually.eventually;
import static io.kvorum.controllers.TestCluster.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControllersTest {
    private final TestCluster cluster;
    private final ObjectApi api;

    ControllersTest() throws InterruptedException {
        cluster = new TestCluster();
        api = cluster.api;
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aNamespaceGetsItsAccountAndItsAuthorityAndTheyComeBack() {
        cluster.namespace("team");
        eventually(() -> {
            assertThat(api.find(ServiceAccount.class, new ObjectKey("team", "default")))
                    .isPresent();
            assertThat(api.find(ConfigMap.class, new ObjectKey("team", "kube-root-ca.crt"))
                            .orElseThrow()
                            .getData())
                    .containsEntry("ca.crt", TestCluster.AUTHORITY);
        });
        ServiceAccount account =
                api.find(ServiceAccount.class, new ObjectKey("team", "default")).orElseThrow();
        api.delete(account, ObjectApi.Dependents.BACKGROUND);
        eventually(() -> assertThat(api.find(ServiceAccount.class, new ObjectKey("team", "default"))
                        .orElseThrow()
                        .getMetadata()
                        .getUid())
                .isNotEqualTo(account.getMetadata().getUid()));
    }

    @Test
    void aDeletedNamespaceIsEmptiedAndGoes() {
        cluster.namespace("team");
        eventually(() -> assertThat(api.find(ServiceAccount.class, new ObjectKey("team", "default")))
                .isPresent());
        Deployment deployment = cluster.deployment("web", 2, "image:1");
        deployment.getMetadata().setNamespace("team");
        api.create(deployment);
        eventually(() -> assertThat(
                        cluster.client.pods().inNamespace("team").list().getItems())
                .hasSize(2));
        api.delete(
                api.find(Namespace.class, ObjectKey.ofCluster("team")).orElseThrow(), ObjectApi.Dependents.BACKGROUND);
        eventually(() -> assertThat(api.find(Namespace.class, ObjectKey.ofCluster("team")))
                .isEmpty());
        assertThat(cluster.client.pods().inNamespace("team").list().getItems()).isEmpty();
        assertThat(api.find(Deployment.class, new ObjectKey("team", "web"))).isEmpty();
    }

    @Test
    void aDeploymentComesUpAndSaysSo() {
        api.create(cluster.deployment("web", 3, "image:1"));
        eventually(() -> assertComplete("web", 3));
        assertThat(condition("web", "Progressing").getReason()).isEqualTo("NewReplicaSetAvailable");
        assertThat(condition("web", "Available").getReason()).isEqualTo("MinimumReplicasAvailable");
        assertThat(deployment("web").getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/revision", "1");
    }

    @Test
    void aRolloutReplacesAllPodsAndARollbackReusesTheOldSet() {
        api.create(cluster.deployment("web", 4, "image:1"));
        eventually(() -> assertComplete("web", 4));
        setImage("web", "image:2");
        eventually(() -> {
            assertComplete("web", 4);
            assertThat(images()).containsOnly("image:2");
        });
        setImage("web", "image:1");
        eventually(() -> {
            assertComplete("web", 4);
            assertThat(images()).containsOnly("image:1");
        });
        assertThat(cluster.client
                        .apps()
                        .replicaSets()
                        .inNamespace("default")
                        .list()
                        .getItems())
                .hasSize(2);
        assertThat(deployment("web").getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/revision", "3");
    }

    @Test
    void aBadRolloutKeepsTheAvailablePods() {
        api.create(cluster.deployment("web", 4, "image:1"));
        eventually(() -> assertComplete("web", 4));
        setImage("web", "unready:2");
        eventually(() -> assertThat(images()).filteredOn("unready:2"::equals).hasSize(2));
        assertThat(cluster.pods().stream().filter(PodState::isReady).count()).isEqualTo(3);
        assertThat(condition("web", "Available").getStatus()).isEqualTo("True");
    }

    @Test
    void aRecreatedDeploymentNeverMixesVersions() {
        Deployment deployment = cluster.deployment("web", 2, "image:1");
        api.create(new DeploymentBuilder(deployment)
                .editSpec()
                .withNewStrategy()
                .withType("Recreate")
                .endStrategy()
                .endSpec()
                .build());
        eventually(() -> assertComplete("web", 2));
        setImage("web", "image:2");
        eventually(() -> {
            assertThat(images().stream().distinct().count()).isLessThanOrEqualTo(1);
            assertComplete("web", 2);
            assertThat(images()).containsOnly("image:2");
        });
    }

    @Test
    void scalingFollowsTheWish() {
        api.create(cluster.deployment("web", 1, "image:1"));
        eventually(() -> assertComplete("web", 1));
        scale("web", 5);
        eventually(() -> assertComplete("web", 5));
        scale("web", 0);
        eventually(() -> assertThat(cluster.pods()).isEmpty());
    }

    @Test
    void oldSetsBeyondTheHistoryLimitGo() {
        api.create(cluster.deployment("web", 1, "image:0"));
        for (int version = 1; version <= 4; version++) {
            eventually(() -> assertComplete("web", 1));
            setImage("web", "image:" + version);
        }
        eventually(() -> {
            assertComplete("web", 1);
            assertThat(cluster.client
                            .apps()
                            .replicaSets()
                            .inNamespace("default")
                            .list()
                            .getItems())
                    .hasSize(3);
        });
    }

    @Test
    void deletingADeploymentTakesItsSetsAndPods() {
        api.create(cluster.deployment("web", 2, "image:1"));
        eventually(() -> assertComplete("web", 2));
        api.delete(deployment("web"), ObjectApi.Dependents.BACKGROUND);
        eventually(() -> {
            assertThat(cluster.server.count("replicasets.apps")).isZero();
            assertThat(cluster.pods()).isEmpty();
        });
    }

    @Test
    void aForegroundDeletionLeavesTheOwnerForLast() {
        api.create(cluster.deployment("web", 2, "image:1"));
        eventually(() -> assertComplete("web", 2));
        api.delete(deployment("web"), ObjectApi.Dependents.FOREGROUND);
        eventually(() -> assertThat(api.find(Deployment.class, key("web"))).isEmpty());
        assertThat(cluster.server.count("replicasets.apps")).isZero();
        assertThat(cluster.pods()).isEmpty();
    }

    @Test
    void anOrphaningDeletionLeavesThePodsAndANewSetAdoptsThem() {
        ReplicaSet wanted = new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withTemplate(cluster.template("web", "image:1"))
                .endSpec()
                .build();
        ReplicaSet first = api.create(wanted);
        eventually(() -> assertThat(cluster.pods()).hasSize(2).allMatch(PodState::isReady));
        List<String> before = names();
        api.delete(first, ObjectApi.Dependents.ORPHAN);
        eventually(() -> {
            assertThat(api.find(ReplicaSet.class, key("web"))).isEmpty();
            assertThat(cluster.pods())
                    .allMatch(pod -> pod.getMetadata().getOwnerReferences().isEmpty());
        });
        assertThat(names()).isEqualTo(before);
        ReplicaSet second = api.create(wanted);
        eventually(() -> assertThat(cluster.pods())
                .hasSize(2)
                .allMatch(pod -> pod.hasOwnerReferenceFor(second.getMetadata().getUid())));
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void anObjectWhoseOwnerNeverWasIsCollected() {
        ConfigMap map = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("orphan")
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName("ghost")
                .withUid("0000")
                .endOwnerReference()
                .endMetadata()
                .build();
        api.create(map);
        eventually(() -> assertThat(api.find(ConfigMap.class, key("orphan"))).isEmpty());
    }

    @Test
    void aJobCountsEachPodOnce() {
        api.create(job("work", 6, 2, "ends:1"));
        eventually(() -> {
            Job job = api.find(Job.class, key("work")).orElseThrow();
            assertThat(job.getStatus().getConditions())
                    .filteredOn(condition -> "True".equals(condition.getStatus()))
                    .extracting("type")
                    .contains("SuccessCriteriaMet", "Complete");
            assertThat(job.getStatus().getSucceeded()).isEqualTo(6);
            assertThat(job.getStatus().getCompletionTime()).isNotNull();
        });
        assertThat(cluster.pods())
                .hasSize(6)
                .allMatch(pod -> pod.getMetadata().getFinalizers().isEmpty());
    }

    @Test
    void aJobReplacesAPodThatIsTakenAway() {
        api.create(job("work", 1, 1, "image:1"));
        eventually(() -> assertThat(cluster.pods()).hasSize(1).allMatch(PodState::isReady));
        Pod taken = cluster.pods().getFirst();
        api.delete(taken, ObjectApi.Dependents.BACKGROUND);
        eventually(() -> {
            Job job = api.find(Job.class, key("work")).orElseThrow();
            assertThat(job.getStatus().getFailed()).isEqualTo(1);
        });
        assertThat(api.find(Pod.class, ObjectKey.of(taken))).isEmpty();
    }

    @Test
    void anIndexedJobRunsEachIndex() {
        Job job = job("work", 5, 3, "ends:1");
        job.getSpec().setCompletionMode("Indexed");
        api.create(job);
        eventually(() -> {
            Job done = api.find(Job.class, key("work")).orElseThrow();
            assertThat(done.getStatus().getCompletedIndexes()).isEqualTo("0-4");
            assertThat(done.getStatus().getConditions()).extracting("type").contains("Complete");
        });
        assertThat(cluster.server.writes())
                .filteredOn("POST /api/v1/namespaces/default/pods"::equals)
                .hasSize(5);
    }

    @Test
    void aJobGivesUpAtItsBackoffLimit() {
        Job job = job("work", 1, 1, "fails:1");
        job.getSpec().setBackoffLimit(0);
        api.create(job);
        eventually(() -> {
            Job failed = api.find(Job.class, key("work")).orElseThrow();
            assertThat(failed.getStatus().getConditions())
                    .filteredOn("type", "Failed")
                    .extracting("reason")
                    .containsExactly("BackoffLimitExceeded");
            assertThat(failed.getStatus().getFailed()).isEqualTo(1);
        });
    }

    @Test
    void aSuspendedJobHasNoPodsUntilItResumes() {
        Job job = job("work", 1, 1, "image:1");
        job.getSpec().setSuspend(true);
        api.create(job);
        eventually(() -> assertThat(api.find(Job.class, key("work"))
                        .orElseThrow()
                        .getStatus()
                        .getConditions())
                .extracting("type")
                .contains("Suspended"));
        assertThat(cluster.pods()).isEmpty();
        api.mergePatch(Job.class, key("work"), "{\"spec\":{\"suspend\":false}}");
        eventually(() -> assertThat(cluster.pods()).hasSize(1));
    }

    @Test
    void aServiceKnowsItsReadyPodsByTheirNamedPorts() {
        api.create(service("web"));
        api.create(cluster.deployment("web", 2, "image:1"));
        eventually(() -> {
            Endpoints endpoints = api.find(Endpoints.class, key("web")).orElseThrow();
            assertThat(endpoints.getSubsets()).hasSize(1);
            assertThat(endpoints.getSubsets().getFirst().getAddresses()).hasSize(2);
            assertThat(endpoints.getSubsets().getFirst().getPorts().getFirst().getPort())
                    .isEqualTo(8080);
            assertThat(slices()).hasSize(1);
            assertThat(slices().getFirst().getEndpoints())
                    .hasSize(2)
                    .allMatch(endpoint -> endpoint.getConditions().getReady());
        });
        api.create(new PodBuilder(cluster.pod("unready", Map.of("app", "web")))
                .editSpec()
                .editFirstContainer()
                .withImage("unready:1")
                .endContainer()
                .endSpec()
                .build());
        eventually(() -> {
            Endpoints endpoints = api.find(Endpoints.class, key("web")).orElseThrow();
            assertThat(endpoints.getSubsets().getFirst().getNotReadyAddresses()).hasSize(1);
            assertThat(slices().getFirst().getEndpoints())
                    .filteredOn(endpoint -> !endpoint.getConditions().getReady())
                    .hasSize(1);
        });
        api.delete(api.find(Service.class, key("web")).orElseThrow(), ObjectApi.Dependents.BACKGROUND);
        eventually(() -> {
            assertThat(slices()).isEmpty();
            assertThat(api.find(Endpoints.class, key("web"))).isEmpty();
        });
    }

    @Test
    void eachNodeGetsItsOwnRange() {
        cluster.readyNode("a");
        cluster.readyNode("b");
        eventually(() -> assertThat(cluster.client.nodes().list().getItems())
                .extracting(node -> node.getSpec().getPodCIDR())
                .containsExactlyInAnyOrder("10.42.0.0/24", "10.42.1.0/24"));
    }

    @Test
    void aSilentNodeIsUnknownAndItsPodsMoveOnlyWhileAnotherNodeLives() {
        cluster.readyNode("silent");
        eventually(() -> {
            Node node = api.find(Node.class, ObjectKey.ofCluster("silent")).orElseThrow();
            assertThat(node.getStatus().getConditions())
                    .filteredOn("type", "Ready")
                    .extracting("status")
                    .containsExactly("Unknown");
            assertThat(node.getSpec().getTaints())
                    .extracting(taint -> taint.getKey() + ":" + taint.getEffect())
                    .containsExactly("node.kubernetes.io/unreachable:NoSchedule");
        });
    }

    @Test
    void aPodLeavesANodeWhoseTaintItDoesNotStand() {
        cluster.readyNode(PretendNode.NAME);
        api.create(cluster.pod("plain", Map.of()));
        Pod patient = new PodBuilder(cluster.pod("patient", Map.of()))
                .editSpec()
                .addNewToleration()
                .withKey("fire")
                .withOperator("Exists")
                .endToleration()
                .endSpec()
                .build();
        api.create(patient);
        eventually(() -> assertThat(cluster.pods()).hasSize(2).allMatch(PodState::isReady));
        api.change(
                Node.class,
                ObjectKey.ofCluster(PretendNode.NAME),
                node -> new NodeBuilder(node)
                        .editOrNewSpec()
                        .addNewTaint()
                        .withKey("fire")
                        .withEffect("NoExecute")
                        .endTaint()
                        .endSpec()
                        .build());
        eventually(() -> assertThat(names()).containsExactly("patient"));
    }

    private static Job job(String name, int completions, int parallelism, String image) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withCompletions(completions)
                .withParallelism(parallelism)
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

    private static Service service(String name) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of("app", name))
                .addNewPort()
                .withPort(80)
                .withTargetPort(new IntOrString("web"))
                .endPort()
                .endSpec()
                .build();
    }

    private List<EndpointSlice> slices() {
        return cluster.client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .list()
                .getItems();
    }

    private Deployment deployment(String name) {
        return api.find(Deployment.class, key(name)).orElseThrow();
    }

    private DeploymentCondition condition(String name, String type) {
        return deployment(name).getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst()
                .orElseThrow();
    }

    private void assertComplete(String name, int replicas) {
        Deployment deployment = deployment(name);
        assertThat(deployment.getStatus().getObservedGeneration())
                .isEqualTo(deployment.getMetadata().getGeneration());
        assertThat(deployment.getStatus().getUpdatedReplicas()).isEqualTo(replicas);
        assertThat(deployment.getStatus().getReplicas()).isEqualTo(replicas);
        assertThat(deployment.getStatus().getAvailableReplicas()).isEqualTo(replicas);
        assertThat(condition(name, "Progressing").getReason()).isEqualTo("NewReplicaSetAvailable");
    }

    private void setImage(String name, String image) {
        api.change(
                Deployment.class,
                key(name),
                deployment -> new DeploymentBuilder(deployment)
                        .editSpec()
                        .editTemplate()
                        .editSpec()
                        .editFirstContainer()
                        .withImage(image)
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build());
    }

    private void scale(String name, int replicas) {
        api.mergePatch(Deployment.class, key(name), "{\"spec\":{\"replicas\":%d}}".formatted(replicas));
    }

    private List<String> images() {
        return cluster.pods().stream()
                .map(pod -> pod.getSpec().getContainers().getFirst().getImage())
                .toList();
    }

    private List<String> names() {
        return cluster.pods().stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
    }
}
