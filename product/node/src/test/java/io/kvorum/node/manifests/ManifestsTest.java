package io.kvorum.node.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ManifestsTest {
    private static final String SETTINGS = "/api/v1/namespaces/%s/configmaps/%s";

    @TempDir
    private Path place;

    private final MemoryCluster cluster = new MemoryCluster();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private Manifests manifests;

    @AfterEach
    void stop() {
        if (manifests != null) {
            manifests.close();
        }
    }

    private Path folder() {
        return place.resolve("manifests");
    }

    private void start(String... leftOut) {
        var teller = new Manifests.Teller() {
            @Override
            public void applied(String addon, String message) {
                told.add("applied " + addon);
            }

            @Override
            public void failed(String addon, String message) {
                told.add("failed " + addon + ": " + message);
            }
        };
        manifests =
                new Manifests(new ManifestFolder(folder(), Set.of(leftOut)), cluster, teller, Duration.ofMillis(20));
        manifests.start();
    }

    @Test
    void everyObjectOfAFileIsAppliedWhereItBelongs() throws IOException {
        write("shop.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a, namespace: shop}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop}
                ---
                # nothing
                ---
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
                - {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d, namespace: kube-system}}
                """);

        start();

        await(() -> told.contains("applied shop"));
        assertThat(cluster.order)
                .containsExactly(
                        "/api/v1/namespaces/shop",
                        SETTINGS.formatted("shop", "a"),
                        SETTINGS.formatted("default", "b"),
                        "/apis/apps/v1/namespaces/kube-system/daemonsets/d");
    }

    @Test
    void aFileIsAppliedAgainWhenItChangesAndItsObjectsOutliveIt() throws IOException {
        start();
        await(() -> Files.isDirectory(folder()));
        write("below/settings.yml", settings("a", "1"));
        await(() -> cluster.value("a").equals("1"));

        write("below/settings.yml", settings("a", "2"));
        await(() -> cluster.value("a").equals("2"));

        Files.delete(folder().resolve("below/settings.yml"));
        write("other.json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}");
        await(() -> told.contains("applied other"));
        assertThat(cluster.value("a")).isEqualTo("2");
    }

    @Test
    void aSkippedOrDisabledFileIsAsIfItWereNotThere() throws IOException {
        write("skipped.yaml", settings("skipped", "1"));
        write("skipped.yaml.skip", "");
        write("traefik.yaml", settings("traefik", "1"));
        write("packed/inner.yaml", settings("inner", "1"));
        write("notes.txt", "no manifest");
        write("wanted.yaml", settings("wanted", "1"));

        start("traefik", "packed");

        await(() -> told.contains("applied wanted"));
        assertThat(cluster.order).containsExactly(SETTINGS.formatted("default", "wanted"));
    }

    @Test
    void whatFailsIsToldOnceAndTriedUntilItWorksWhileTheRestIsApplied() throws IOException {
        write("a.yaml", "not: [closed");
        write("b.yaml", """
                apiVersion: helm.cattle.io/v1
                kind: HelmChart
                metadata: {name: grafana}
                ---
                %s""".formatted(settings("beside", "1")));
        write("c.yaml", settings("away", "1"));
        cluster.refused = SETTINGS.formatted("default", "away");

        start();

        await(() -> told.size() == 3);
        assertThat(told)
                .anySatisfy(text -> assertThat(text).startsWith("failed a: ").contains("YAML"))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("failed b: ")
                        .contains("HelmChart grafana: this cluster has no kind \"HelmChart\" in version"))
                .anySatisfy(text -> assertThat(text).startsWith("failed c: ").contains("no quorum"));
        assertThat(cluster.value("beside")).isEqualTo("1");

        cluster.refused = "";
        await(() -> told.contains("applied c"));
        assertThat(told).hasSize(4);
    }

    private static String settings(String name, String value) {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {value: \"%s\"}\n".formatted(name, value);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Has a few kinds. */
    private static final class MemoryCluster implements ManifestCluster {
        private static final Map<String, String> KINDS = Map.of(
                "/api/v1",
                "[{'name':'namespaces','kind':'Namespace','namespaced':false},"
                        + "{'name':'namespaces/status','kind':'Namespace','namespaced':false},"
                        + "{'name':'configmaps','kind':'ConfigMap','namespaced':true}]",
                "/apis/apps/v1",
                "[{'name':'daemonsets','kind':'DaemonSet','namespaced':true}]");

        private final Map<String, ObjectNode> objects = new ConcurrentSkipListMap<>();
        private final List<String> order = new CopyOnWriteArrayList<>();
        private volatile String refused = "";

        @Override
        public Optional<ObjectNode> find(String path) {
            return Optional.ofNullable(KINDS.get(path)).map(kinds -> (ObjectNode) JsonMapper.shared()
                    .readTree("{'resources':%s}".formatted(kinds).replace('\'', '"')));
        }

        @Override
        public void apply(String path, ObjectNode object) throws IOException {
            if (path.equals(refused)) {
                throw new IOException("the store has no quorum");
            }
            objects.put(path, object);
            order.add(path);
        }

        String value(String name) {
            ObjectNode object = objects.get(SETTINGS.formatted("default", name));
            return object == null ? "" : object.path("data").path("value").asString("");
        }
    }
}
