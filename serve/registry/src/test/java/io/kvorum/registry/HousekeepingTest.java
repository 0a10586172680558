package io.kvorum.registry;

import static io.kvorum.registry.Cluster.configMap;
import static io.kvorum.registry.Cluster.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.model.Revision;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
    private final Cluster cluster = new Cluster();
    private final ResourceType events = Cluster.type("v1", "events");

    @AfterEach
    void close() {
        cluster.close();
    }

    private Housekeeping after(Duration duration) {
        Housekeeping housekeeping = new Housekeeping(
                cluster.store, InstantSource.fixed(Cluster.NOW.plus(duration)), RegistryConfiguration.STANDARD);
        housekeeping.lead();
        return housekeeping;
    }

    private void event(String name, String lastTimestamp) {
        cluster.create(
                events,
                json("{'apiVersion':'v1','kind':'Event','metadata':{'name':'%s'},'lastTimestamp':'%s'}"
                        .formatted(name, lastTimestamp)));
    }

    @Test
    void historyOlderThanTheLastRoundIsForgotten() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        Housekeeping housekeeping = after(Duration.ZERO);
        housekeeping.tick();
        Revision then = cluster.store.status().revision();
        cluster.create(cluster.configMaps, configMap("b", "1"));
        assertThat(cluster.store.status().compacted()).isEqualTo(Revision.ZERO);
        housekeeping.tick();
        assertThat(cluster.store.status().compacted()).isEqualTo(then);
    }

    @Test
    void eventsExpireAnHourAfterTheirLastChange() {
        event("old", "2026-05-04T03:02:01Z");
        event("repeated", "2026-05-04T03:50:00Z");
        after(Duration.ofMinutes(59)).tick();
        assertThat(cluster.registry.list(events, ListOptions.ALL).items()).hasSize(2);
        after(Duration.ofMinutes(61)).tick();
        assertThat(cluster.names(events, cluster.registry.list(events, ListOptions.ALL)))
                .containsExactly("repeated");
    }

    @Test
    void onlyTheLeaderTidiesUp() {
        event("old", "2026-05-04T03:02:01Z");
        new Housekeeping(
                        cluster.store,
                        InstantSource.fixed(Cluster.NOW.plus(Duration.ofHours(2))),
                        RegistryConfiguration.STANDARD)
                .tick();
        assertThat(cluster.registry.list(events, ListOptions.ALL).items()).hasSize(1);
    }
}
