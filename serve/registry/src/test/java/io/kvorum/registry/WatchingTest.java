package io.kvorum.registry;

import static io.kvorum.registry.Cluster.configMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.WatchEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class WatchingTest {
    private static ObjectNode labelled(String name, String label) {
        ObjectNode object = configMap(name, "x");
        object.withObjectProperty("metadata").putObject("labels").put("app", label);
        return object;
    }

    @Test
    void aWatchWithoutARevisionBeginsWithWhatIsThere() throws InterruptedException {
        try (Cluster cluster = new Cluster()) {
            cluster.create(cluster.configMaps, configMap("a", "1"));
            ObjectWatch watch = cluster.watch(cluster.configMaps, "");
            cluster.update(cluster.configMaps, "a", current -> configMap("a", "2"));
            cluster.delete(cluster.configMaps, "a");
            assertThat(cluster.events(cluster.configMaps, watch, 3))
                    .containsExactly("ADDED a", "MODIFIED a", "DELETED a");
        }
    }

    @Test
    void aWatchBehindARevisionShowsWhatCameAfterIt() throws InterruptedException {
        try (Cluster cluster = new Cluster()) {
            cluster.registry.list(cluster.configMaps, ListOptions.ALL);
            ObjectNode first = cluster.create(cluster.configMaps, configMap("a", "1"));
            cluster.create(cluster.configMaps, configMap("b", "1"));
            ObjectWatch watch = cluster.watch(
                    cluster.configMaps, first.at("/metadata/resourceVersion").stringValue());
            assertThat(cluster.events(cluster.configMaps, watch, 1)).containsExactly("ADDED b");
        }
    }

    @Test
    void aDeletionShowsTheLastStateAtTheRevisionOfTheDeletion() throws InterruptedException {
        try (Cluster cluster = new Cluster()) {
            ObjectWatch watch = cluster.watch(cluster.configMaps, "");
            cluster.create(cluster.configMaps, configMap("a", "1"));
            cluster.delete(cluster.configMaps, "a");
            List<WatchEvent> events = new java.util.ArrayList<>();
            while (events.size() < 2) {
                events.addAll(watch.next(Duration.ofSeconds(5)));
            }
            ObjectNode last =
                    cluster.registry.tree(cluster.configMaps, events.getLast().object());
            assertThat(last.at("/data/value").stringValue()).isEqualTo("1");
            assertThat(last.at("/metadata/resourceVersion").stringValue())
                    .isEqualTo(cluster.store.status().revision().toString());
        }
    }

    @Test
    void anObjectThatStartsOrStopsMatchingComesAndGoes() throws InterruptedException {
        try (Cluster cluster = new Cluster()) {
            ObjectWatch watch = cluster.watch(cluster.configMaps, "", cluster.labelled(cluster.configMaps, "app=web"));
            cluster.create(cluster.configMaps, labelled("a", "db"));
            cluster.update(cluster.configMaps, "a", current -> labelled("a", "web"));
            cluster.update(cluster.configMaps, "a", current -> {
                current.putObject("data").put("more", "1");
                return current;
            });
            cluster.update(cluster.configMaps, "a", current -> labelled("a", "db"));
            cluster.delete(cluster.configMaps, "a");
            cluster.create(cluster.configMaps, labelled("b", "web"));
            assertThat(cluster.events(cluster.configMaps, watch, 4))
                    .containsExactly("ADDED a", "MODIFIED a", "DELETED a", "ADDED b");
        }
    }

    @Test
    void aWatcherThatFallsOutOfTheRecentChangesIsToldToListAnew() {
        try (Cluster cluster = new Cluster(Cluster.withRing(2000))) {
            ObjectNode first = cluster.create(cluster.configMaps, configMap("first", "x"));
            ObjectWatch slow = cluster.watch(cluster.configMaps, "");
            for (int i = 0; i < 50; i++) {
                cluster.create(cluster.configMaps, configMap("c" + i, "x"));
            }
            cluster.registry.list(cluster.configMaps, ListOptions.ALL);
            assertThatThrownBy(() -> slow.next(Duration.ZERO)).isInstanceOfSatisfying(ApiException.class, gone -> {
                assertThat(gone.status().code()).isEqualTo(410);
                assertThat(gone.status().reason()).isEqualTo("Expired");
            });
            String old = first.at("/metadata/resourceVersion").stringValue();
            assertThatThrownBy(() -> cluster.watch(cluster.configMaps, old))
                    .hasMessageContaining("too old resource version: " + old);
        }
    }

    @Test
    void aSleepingWatcherKnowsHowFarItHasSeen() throws InterruptedException {
        try (Cluster cluster = new Cluster()) {
            ObjectWatch watch = cluster.watch(cluster.configMaps, "");
            cluster.create(cluster.pods, Cluster.pod("p"));
            long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (!watch.delivered().equals(cluster.store.status().revision()) && System.nanoTime() < deadline) {
                assertThat(watch.next(Duration.ofMillis(20))).isEmpty();
            }
            assertThat(watch.delivered()).isEqualTo(cluster.store.status().revision());
        }
    }

    @Test
    void whoeverFollowsAWatchKnowsWhatAListWouldShow() throws InterruptedException {
        for (long seed = 1; seed <= 20; seed++) {
            try (Cluster cluster = new Cluster()) {
                follow(cluster, new Random(seed), "seed " + seed);
            }
        }
    }

    @Test
    void soItIsOnTheStoreThatServersHave(@TempDir Path folder) throws InterruptedException {
        for (long seed = 1; seed <= 3; seed++) {
            try (Cluster cluster = Cluster.onDisk(folder.resolve("seed-" + seed))) {
                follow(cluster, new Random(seed), "seed " + seed);
            }
        }
    }

    /** Random writes against a plain map; a follower joins somewhere in the middle. */
    private static void follow(Cluster cluster, Random chance, String seed) throws InterruptedException {
        Map<String, String> model = new TreeMap<>();
        Map<String, String> followed = new TreeMap<>();
        int joinsAt = chance.nextInt(100);
        ObjectWatch watch = null;
        for (int i = 0; i < 150; i++) {
            if (i == joinsAt) {
                watch = cluster.watch(cluster.configMaps, "");
                watch.initialEvents().forEach(event -> follow(cluster, followed, event));
            }
            change(cluster, chance, model);
        }
        ObjectList list = cluster.registry.list(cluster.configMaps, ListOptions.ALL);
        Map<String, String> listed = new TreeMap<>();
        list.items().forEach(item -> {
            ObjectNode tree = cluster.registry.tree(cluster.configMaps, item);
            listed.put(
                    tree.at("/metadata/name").stringValue(),
                    tree.at("/data/value").stringValue());
        });
        assertThat(listed).as(seed).isEqualTo(model);
        ObjectList exact = cluster.registry.list(
                cluster.configMaps, ListOptions.ALL.at(list.revision().toString(), "Exact"));
        assertThat(cluster.names(cluster.configMaps, exact))
                .as(seed)
                .isEqualTo(cluster.names(cluster.configMaps, list));
        while (watch.delivered().isBefore(list.revision())) {
            watch.next(Duration.ofSeconds(1)).forEach(event -> follow(cluster, followed, event));
        }
        assertThat(followed).as(seed).isEqualTo(model);
    }

    private static void change(Cluster cluster, Random chance, Map<String, String> model) {
        String name = "c" + chance.nextInt(12);
        String value = "v" + chance.nextInt(1000);
        if (!model.containsKey(name)) {
            cluster.create(cluster.configMaps, configMap(name, value));
            model.put(name, value);
        } else if (chance.nextInt(3) == 0) {
            cluster.delete(cluster.configMaps, name);
            model.remove(name);
        } else {
            cluster.update(cluster.configMaps, name, current -> configMap(name, value));
            model.put(name, value);
        }
    }

    private static void follow(Cluster cluster, Map<String, String> followed, WatchEvent event) {
        ObjectNode tree = cluster.registry.tree(cluster.configMaps, event.object());
        String name = tree.at("/metadata/name").stringValue();
        switch (event.type()) {
            case ADDED ->
                assertThat(followed.put(name, tree.at("/data/value").stringValue()))
                        .as("added once")
                        .isNull();
            case MODIFIED ->
                assertThat(followed.put(name, tree.at("/data/value").stringValue()))
                        .as("added before")
                        .isNotNull();
            case DELETED -> followed.remove(name);
        }
    }
}
