package io.kvorum.client;

import static io.kvorum.client.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientsTest {
    private final MemoryApi server = new MemoryApi(InstantSource.system());
    private final KubernetesClient client = Clients.inProcess(server, List.of());
    private final ObjectApi api = new ObjectApi(client);

    @AfterEach
    void close() {
        client.close();
        server.shutDown();
    }

    @Test
    void anObjectMakesTheRoundTripWithoutASocket() {
        api.create(configMap("a", "1"));
        ConfigMap read =
                api.find(ConfigMap.class, new ObjectKey("default", "a")).orElseThrow();
        assertThat(read.getData()).isEqualTo(Map.of("value", "1"));
        assertThat(read.getMetadata().getUid()).isNotEmpty();
        assertThat(api.find(ConfigMap.class, new ObjectKey("default", "b"))).isEmpty();
    }

    @Test
    void aPatchNeedsNoRightToRead() {
        api.create(configMap("a", "1"));
        try (KubernetesClient blind = Clients.inProcess(
                exchange -> {
                    if (exchange.method().equals("GET")) {
                        exchange.respond(403, "text/plain", new byte[0]);
                    } else {
                        server.handle(exchange);
                    }
                },
                List.of())) {
            assertThat(new ObjectApi(blind)
                            .mergePatch(ConfigMap.class, new ObjectKey("default", "a"), "{\"data\":{\"value\":\"2\"}}"))
                    .hasValueSatisfying(patched -> assertThat(patched.getData()).containsEntry("value", "2"));
        }
    }

    @Test
    void aRefusalCarriesItsCode() {
        api.create(configMap("a", "1"));
        assertThatThrownBy(() -> api.create(configMap("a", "1")))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
        assertThat(api.createIfAbsent(configMap("a", "1"))).isFalse();
    }

    @Test
    void anUpdateOfAnOldStateIsRefusedAndAChangeIsTriedAgain() {
        ConfigMap old = api.create(configMap("a", "1"));
        api.change(ConfigMap.class, ObjectKey.of(old), found -> {
            found.setData(Map.of("value", "2"));
            return found;
        });
        old.setData(Map.of("value", "3"));
        assertThatThrownBy(() -> api.update(old))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
    }

    @Test
    void aDeletionMeansTheExactObject() {
        ConfigMap old = api.create(configMap("a", "1"));
        assertThat(api.delete(old, ObjectApi.Dependents.BACKGROUND)).isTrue();
        api.create(configMap("a", "2"));
        assertThat(api.delete(old, ObjectApi.Dependents.BACKGROUND)).isFalse();
        assertThat(api.find(ConfigMap.class, ObjectKey.of(old))).isPresent();
    }

    @Test
    void anInformerSeesWhatWasThereAndWhatComes() throws Exception {
        api.create(configMap("a", "1"));
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Informers informers = new Informers(client)) {
            Informer<ConfigMap> maps = informers.of(ConfigMap.class);
            maps.onChange((before, after) ->
                    seen.add((before == null ? "-" : value(before)) + ">" + (after == null ? "-" : value(after))));
            assertThat(informers.start(Duration.ofSeconds(10))).isTrue();
            assertThat(maps.find(new ObjectKey("default", "a"))).isPresent();
            ConfigMap b = api.create(configMap("b", "1"));
            b.setData(Map.of("value", "2"));
            api.delete(api.update(b), ObjectApi.Dependents.BACKGROUND);
            eventually(() -> assertThat(seen).containsExactly("->1", "->1", "1>2", "2>-"));
            assertThat(maps.inNamespace("default")).hasSize(1);
        }
    }

    @Test
    void aFieldScopeLimitsAnInformer() throws Exception {
        api.create(configMap("a", "1"));
        api.create(configMap("b", "1"));
        try (Informers informers = new Informers(client)) {
            Informer<ConfigMap> maps = informers.of(ConfigMap.class, Scope.field("metadata.name", "b"));
            informers.start(Duration.ofSeconds(10));
            assertThat(maps.all())
                    .extracting(map -> map.getMetadata().getName())
                    .containsExactly("b");
        }
    }

    @Test
    void aMetadataWatchFollowsOwnersWithoutContents() throws Exception {
        api.create(configMap("a", "1"));
        List<String> seen = new CopyOnWriteArrayList<>();
        var resource = ApiResource.of(ConfigMap.class);
        try (var watch = new MetadataWatch(client, resource, new MetadataWatch.Listener() {
            @Override
            public void present(ApiResource resource, ObjectMetadata object) {
                seen.add("+" + object.key().name()
                        + object.owners().stream().map(o -> o.uid()).toList());
            }

            @Override
            public void gone(ApiResource resource, ObjectMetadata object) {
                seen.add("-" + object.key().name());
            }
        })) {
            watch.start();
            assertThat(watch.awaitListed(Duration.ofSeconds(10))).isTrue();
            ConfigMap b = configMap("b", "1");
            b.getMetadata().setOwnerReferences(new ArrayList<>());
            b.addOwnerReference(
                    api.find(ConfigMap.class, new ObjectKey("default", "a")).orElseThrow());
            ConfigMap created = api.create(b);
            String owner = created.getMetadata().getOwnerReferences().getFirst().getUid();
            eventually(() -> assertThat(seen).containsExactly("+a[]", "+b[" + owner + "]"));
            api.delete(created, ObjectApi.Dependents.BACKGROUND);
            eventually(() -> assertThat(seen).endsWith("-b"));
        }
    }

    @Test
    void discoveryNamesEachResourceOnceAndNoSubresource() {
        Discovery.Found found = new Discovery(client).preferred();
        assertThat(found.failed()).isEmpty();
        assertThat(found.resources())
                .extracting(ApiResource::groupResource)
                .contains("pods", "deployments.apps", "jobs.batch")
                .doesNotHaveDuplicates();
    }

    private static String value(ConfigMap map) {
        return map.getData().get("value");
    }

    private static ConfigMap configMap(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withData(Map.of("value", value))
                .build();
    }
}
