package io.kvorum.registry;

import static io.kvorum.registry.Cluster.configMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListingTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            cluster.create(cluster.configMaps, configMap("c%03d".formatted(i), "x"));
        }
    }

    @Test
    void aListSeesEveryWriteBeforeIt() {
        for (int i = 0; i < 20; i++) {
            cluster.create(cluster.configMaps, configMap("c" + i, "x"));
            assertThat(cluster.registry
                            .list(cluster.configMaps, ListOptions.ALL)
                            .items())
                    .hasSize(i + 1);
        }
    }

    @Test
    void aListIsOfOneNamespaceOrOfAll() {
        fill(2);
        cluster.registry.create(cluster.configMaps, "other", configMap("z", "x"), WriteOptions.PLAIN);
        assertThat(cluster.names(cluster.configMaps, cluster.registry.list(cluster.configMaps, ListOptions.ALL)))
                .containsExactly("c000", "c001", "z");
        assertThat(cluster.names(
                        cluster.configMaps, cluster.registry.list(cluster.configMaps, ListOptions.ALL.in("other"))))
                .containsExactly("z");
    }

    @Test
    void pagesShowTheListAsItWasWhenTheFirstWasRead() {
        fill(10);
        ObjectList first = cluster.registry.list(cluster.configMaps, ListOptions.ALL.page(4, ""));
        assertThat(first.remaining()).isEqualTo(6);
        cluster.create(cluster.configMaps, configMap("c0045", "late"));
        cluster.delete(cluster.configMaps, "c007");
        List<String> names = new ArrayList<>(cluster.names(cluster.configMaps, first));
        String token = first.continuation();
        while (!token.isEmpty()) {
            ObjectList page = cluster.registry.list(cluster.configMaps, ListOptions.ALL.page(4, token));
            assertThat(page.revision()).isEqualTo(first.revision());
            names.addAll(cluster.names(cluster.configMaps, page));
            token = page.continuation();
        }
        assertThat(names)
                .containsExactly("c000", "c001", "c002", "c003", "c004", "c005", "c006", "c007", "c008", "c009");
    }

    @Test
    void aPageOfCompactedHistoryIsGoneAndSaysHowToGoOn() {
        fill(4);
        ObjectList first = cluster.registry.list(cluster.configMaps, ListOptions.ALL.page(2, ""));
        cluster.create(cluster.configMaps, configMap("z", "x"));
        cluster.store.compact(cluster.store.status().revision());
        assertThatThrownBy(
                        () -> cluster.registry.list(cluster.configMaps, ListOptions.ALL.page(2, first.continuation())))
                .isInstanceOfSatisfying(ApiException.class, gone -> {
                    assertThat(gone.status().code()).isEqualTo(410);
                    String token = gone.status().details().causes().getFirst().message();
                    assertThat(cluster.names(
                                    cluster.configMaps,
                                    cluster.registry.list(cluster.configMaps, ListOptions.ALL.page(0, token))))
                            .containsExactly("c002", "c003", "z");
                });
    }

    @Test
    void aMalformedTokenIsABadRequest() {
        assertThatThrownBy(() -> cluster.registry.list(cluster.configMaps, ListOptions.ALL.page(2, "nonsense")))
                .hasMessageContaining("continue key is not valid");
    }

    @Test
    void anExactListShowsThePast() {
        fill(3);
        String then = cluster.store.status().revision().toString();
        fill1("later");
        assertThat(cluster.registry
                        .list(cluster.configMaps, ListOptions.ALL.at(then, "Exact"))
                        .items())
                .hasSize(3);
        assertThat(cluster.registry
                        .list(cluster.configMaps, ListOptions.ALL.at(then, "NotOlderThan"))
                        .items())
                .hasSize(4);
    }

    private void fill1(String name) {
        cluster.create(cluster.configMaps, configMap(name, "x"));
    }

    @Test
    void aRevisionOfTheFutureIsToldToWait() {
        fill(1);
        assertThatThrownBy(() -> cluster.registry.list(cluster.configMaps, ListOptions.ALL.at("999", "NotOlderThan")))
                .isInstanceOfSatisfying(ApiException.class, failure -> {
                    assertThat(failure.status().code()).isEqualTo(504);
                    assertThat(failure.status().message()).startsWith("Too large resource version: 999, current: ");
                });
    }

    @Test
    void aMatchNeedsAResourceVersion() {
        assertThatThrownBy(() -> cluster.registry.list(cluster.configMaps, ListOptions.ALL.at("", "Exact")))
                .hasMessageContaining("resourceVersionMatch is forbidden unless resourceVersion is provided");
    }
}
