package io.kvorum.registry;

import static io.kvorum.registry.Cluster.configMap;
import static io.kvorum.registry.Cluster.json;
import static io.kvorum.registry.Cluster.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DeletingTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private boolean isThere(io.kvorum.apimachinery.type.ResourceType type, String name) {
        try {
            cluster.get(type, name);
            return true;
        } catch (ApiException e) {
            assertThat(e.status().code()).isEqualTo(404);
            return false;
        }
    }

    private void runningPod(String name) {
        ObjectNode pod = pod(name);
        pod.withObjectProperty("spec").put("nodeName", "n1");
        cluster.create(cluster.pods, pod);
    }

    @Test
    void anObjectThatNothingHoldsGoesAtOnce() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        assertThat(cluster.delete(cluster.configMaps, "a").isGone()).isTrue();
        assertThat(isThere(cluster.configMaps, "a")).isFalse();
    }

    @Test
    void aPodThatNeverRanGoesAtOnce() {
        cluster.create(cluster.pods, pod("a"));
        assertThat(cluster.delete(cluster.pods, "a").isGone()).isTrue();
    }

    @Test
    void aRunningPodIsGivenItsGraceAndGoesWhenItsNodeSaysSo() {
        runningPod("a");
        assertThat(cluster.delete(cluster.pods, "a").isGone()).isFalse();
        ObjectNode waiting = cluster.get(cluster.pods, "a");
        assertThat(waiting.at("/metadata/deletionTimestamp").stringValue()).isEqualTo("2026-05-04T03:02:31Z");
        assertThat(waiting.at("/metadata/deletionGracePeriodSeconds").intValue())
                .isEqualTo(30);
        Deleted last = cluster.registry.delete(
                cluster.path(cluster.pods, "a"), new DeleteOptions(0L, "", "", ""), WriteOptions.PLAIN);
        assertThat(last.isGone()).isTrue();
        assertThat(isThere(cluster.pods, "a")).isFalse();
    }

    @Test
    void aSecondDeleteMayOnlyHurryTheFirst() {
        runningPod("a");
        cluster.delete(cluster.pods, "a");
        ObjectPath path = cluster.path(cluster.pods, "a");
        cluster.registry.delete(path, new DeleteOptions(60L, "", "", ""), WriteOptions.PLAIN);
        assertThat(cluster.get(cluster.pods, "a")
                        .at("/metadata/deletionGracePeriodSeconds")
                        .intValue())
                .isEqualTo(30);
        cluster.registry.delete(path, new DeleteOptions(5L, "", "", ""), WriteOptions.PLAIN);
        assertThat(cluster.get(cluster.pods, "a")
                        .at("/metadata/deletionTimestamp")
                        .stringValue())
                .isEqualTo("2026-05-04T03:02:06Z");
    }

    @Test
    void anObjectWithFinalizersGoesWithTheLastOfThem() {
        ObjectNode object = configMap("a", "1");
        object.withObjectProperty("metadata").putArray("finalizers").add("example.com/x");
        cluster.create(cluster.configMaps, object);
        assertThat(cluster.delete(cluster.configMaps, "a").isGone()).isFalse();
        assertThat(cluster.get(cluster.configMaps, "a")
                        .at("/metadata/deletionTimestamp")
                        .isString())
                .isTrue();
        cluster.update(cluster.configMaps, "a", current -> {
            ((ObjectNode) current.get("metadata")).remove("finalizers");
            return current;
        });
        assertThat(isThere(cluster.configMaps, "a")).isFalse();
    }

    @Test
    void foregroundAndOrphanAreFinalizers() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        cluster.registry.delete(
                cluster.path(cluster.configMaps, "a"),
                new DeleteOptions(null, "Foreground", "", ""),
                WriteOptions.PLAIN);
        assertThat(cluster.get(cluster.configMaps, "a")
                        .at("/metadata/finalizers/0")
                        .stringValue())
                .isEqualTo("foregroundDeletion");
        cluster.create(cluster.configMaps, configMap("b", "1"));
        cluster.registry.delete(
                cluster.path(cluster.configMaps, "b"), new DeleteOptions(null, "Orphan", "", ""), WriteOptions.PLAIN);
        assertThat(cluster.get(cluster.configMaps, "b")
                        .at("/metadata/finalizers/0")
                        .stringValue())
                .isEqualTo("orphan");
    }

    @Test
    void preconditionsMustHold() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        assertThatThrownBy(() -> cluster.registry.delete(
                        cluster.path(cluster.configMaps, "a"),
                        new DeleteOptions(null, "", "other", ""),
                        WriteOptions.PLAIN))
                .hasMessageContaining("the UID in the precondition (other) does not match");
        assertThatThrownBy(() -> cluster.registry.delete(
                        cluster.path(cluster.configMaps, "a"),
                        new DeleteOptions(null, "", "", "1"),
                        WriteOptions.PLAIN))
                .hasMessageContaining("the ResourceVersion in the precondition (1) does not match");
    }

    @Test
    void aNamespacesFinalizersHaveAUrlOfTheirOwn() {
        cluster.create(cluster.namespaces, json("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'x'}}"));
        ObjectNode updated = cluster.update(cluster.namespaces, "x", current -> {
            ((ObjectNode) current.get("spec")).putArray("finalizers");
            return current;
        });
        assertThat(updated.at("/spec/finalizers/0").stringValue()).isEqualTo("kubernetes");
    }

    @Test
    void aNamespaceTerminatesUntilItIsFinalized() {
        ObjectNode made = cluster.create(
                cluster.namespaces, json("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'x'}}"));
        assertThat(made.at("/status/phase").stringValue()).isEqualTo("Active");
        assertThat(made.at("/spec/finalizers/0").stringValue()).isEqualTo("kubernetes");
        assertThat(made.at("/metadata/labels").toString()).contains("\"kubernetes.io/metadata.name\":\"x\"");
        cluster.delete(cluster.namespaces, "x");
        assertThat(cluster.get(cluster.namespaces, "x").at("/status/phase").stringValue())
                .isEqualTo("Terminating");
        cluster.update(cluster.namespaces, "x", Part.FINALIZE, current -> {
            ((ObjectNode) current.get("spec")).putArray("finalizers");
            return current;
        });
        assertThat(isThere(cluster.namespaces, "x")).isFalse();
    }
}
