package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.Clients;
import io.kvorum.client.Informers;
import io.kvorum.client.MemoryApi;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** An in-memory API with all controllers running and a node that pretends to run pods. */
final class TestCluster implements AutoCloseable {
    static final String AUTHORITY = "-----BEGIN CERTIFICATE-----";

    final MemoryApi server = new MemoryApi(InstantSource.system());
    final KubernetesClient client = Clients.inProcess(server, List.of());
    final ObjectApi api = new ObjectApi(client);
    final PretendNode node;
    private final Informers informers = new Informers(client);
    private final ControllerManager controllers;

    TestCluster() throws InterruptedException {
        node = new PretendNode(client);
        ControllersConfig config = ControllersConfig.defaults(AUTHORITY, List.of("10.42.0.0/16"), "test")
                .withNodeMonitorGrace(Duration.ofSeconds(2));
        controllers = new ControllerManager(client, informers, config, InstantSource.system());
        controllers.start();
        node.start();
    }

    @Override
    public void close() {
        controllers.close();
        node.close();
        informers.close();
        client.close();
        server.shutDown();
    }

    void namespace(String name) {
        Namespace namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build();
        api.create(namespace);
    }

    Node readyNode(String name) {
        return api.create(new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastHeartbeatTime("2026-01-01T00:00:00Z")
                .endCondition()
                .endStatus()
                .build());
    }

    Deployment deployment(String name, int replicas, String image) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withProgressDeadlineSeconds(600)
                .withRevisionHistoryLimit(2)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withTemplate(template(name, image))
                .endSpec()
                .build();
    }

    PodTemplateSpec template(String app, String image) {
        Container container = new ContainerBuilder()
                .withName("main")
                .withImage(image)
                .addNewPort()
                .withName("web")
                .withContainerPort(8080)
                .endPort()
                .build();
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Map.of("app", app))
                .endMetadata()
                .withSpec(new PodSpecBuilder().withContainers(container).build())
                .build();
    }

    Pod pod(String name, Map<String, String> labels) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withSpec(template("x", "image:1").getSpec())
                .build();
    }

    List<Pod> pods() {
        return client.pods().inNamespace("default").list().getItems();
    }

    static ObjectKey key(String name) {
        return new ObjectKey("default", name);
    }
}
