package io.kvorum.registry;

import static io.kvorum.registry.Cluster.configMap;
import static io.kvorum.registry.Cluster.deployment;
import static io.kvorum.registry.Cluster.json;
import static io.kvorum.registry.Cluster.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class WritingTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static void assertStatus(Runnable act, int code, String reason, String text) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(ApiException.class, failure -> {
            assertThat(failure.status().code()).isEqualTo(code);
            assertThat(failure.status().reason()).isEqualTo(reason);
            assertThat(failure.status().message()).contains(text);
        });
    }

    @Test
    void aNewObjectGetsUidTimeAndResourceVersionAndNoStatusOfTheClients() {
        ObjectNode deployment = deployment("web");
        deployment.withObjectProperty("metadata").put("uid", "mine").put("generation", 7);
        deployment.putObject("status").put("replicas", 9);
        ObjectNode made = cluster.create(cluster.deployments, deployment);
        assertThat(made.at("/metadata/uid").stringValue()).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}");
        assertThat(made.at("/metadata/creationTimestamp").stringValue()).isEqualTo("2026-05-04T03:02:01Z");
        assertThat(made.at("/metadata/generation").intValue()).isEqualTo(1);
        assertThat(made.at("/metadata/resourceVersion").stringValue()).isEqualTo("2");
        assertThat(made.at("/metadata/namespace").stringValue()).isEqualTo("default");
        assertThat(made.has("status")).isFalse();
        assertThat(cluster.get(cluster.deployments, "web")).isEqualTo(made);
    }

    @Test
    void aGeneratedNameEndsInFiveLettersOfUpstreamsAlphabet() {
        ObjectNode object = configMap("", "x");
        object.withObjectProperty("metadata").put("generateName", "job-").remove("name");
        ObjectNode made = cluster.create(cluster.configMaps, object);
        assertThat(made.at("/metadata/name").stringValue()).matches("job-[bcdfghjklmnpqrstvwxz2456789]{5}");
    }

    @Test
    void aNameIsTakenOnce() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        assertStatus(
                () -> cluster.create(cluster.configMaps, configMap("a", "2")),
                409,
                "AlreadyExists",
                "configmaps \"a\" already exists");
    }

    @Test
    void aNewObjectMustNotCarryAResourceVersion() {
        ObjectNode object = configMap("a", "1");
        object.withObjectProperty("metadata").put("resourceVersion", "5");
        assertStatus(() -> cluster.create(cluster.configMaps, object), 400, "BadRequest", "resourceVersion");
    }

    @Test
    void aDryRunWritesNothing() {
        WriteOptions dry = new WriteOptions(true, null, Gate.OPEN);
        cluster.registry.create(cluster.configMaps, "default", configMap("a", "1"), dry);
        assertStatus(() -> cluster.get(cluster.configMaps, "a"), 404, "NotFound", "configmaps \"a\" not found");
        cluster.create(cluster.configMaps, configMap("b", "1"));
        cluster.registry.update(cluster.path(cluster.configMaps, "b"), Part.OBJECT, c -> configMap("b", "2"), dry);
        cluster.registry.delete(cluster.path(cluster.configMaps, "b"), DeleteOptions.PLAIN, dry);
        assertThat(cluster.get(cluster.configMaps, "b").at("/data/value").stringValue())
                .isEqualTo("1");
    }

    @Test
    void anUpdateWithAnOldResourceVersionConflicts() {
        ObjectNode first = cluster.create(cluster.configMaps, configMap("a", "1"));
        cluster.update(cluster.configMaps, "a", current -> configMap("a", "2"));
        ((ObjectNode) first.get("data")).put("value", "3");
        assertStatus(
                () -> cluster.update(cluster.configMaps, "a", current -> first),
                409,
                "Conflict",
                "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your"
                        + " changes to the latest version and try again");
    }

    @Test
    void anUpdateWithoutAResourceVersionOverwrites() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        cluster.update(cluster.configMaps, "a", current -> configMap("a", "2"));
        assertThat(cluster.get(cluster.configMaps, "a").at("/data/value").stringValue())
                .isEqualTo("2");
    }

    @Test
    void anUpdateThatChangesNothingWritesNothing() {
        ObjectNode made = cluster.create(cluster.configMaps, configMap("a", "1"));
        Revision before = cluster.store.status().revision();
        ObjectNode again = cluster.update(cluster.configMaps, "a", current -> configMap("a", "1"));
        assertThat(again).isEqualTo(made);
        assertThat(cluster.store.status().revision()).isEqualTo(before);
    }

    @Test
    void anUpdateCannotChangeWhatTheServerDecided() {
        ObjectNode made = cluster.create(cluster.configMaps, configMap("a", "1"));
        ObjectNode updated = cluster.update(cluster.configMaps, "a", current -> {
            ((ObjectNode) current.get("metadata"))
                    .put("creationTimestamp", "1999-01-01T00:00:00Z")
                    .put("deletionTimestamp", "1999-01-01T00:00:00Z");
            return current;
        });
        assertThat(updated).isEqualTo(made);
    }

    @Test
    void anUpdateWithAnotherUidConflicts() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        ObjectNode other = configMap("a", "2");
        other.withObjectProperty("metadata").put("uid", "other");
        assertStatus(
                () -> cluster.update(cluster.configMaps, "a", current -> other),
                409,
                "Conflict",
                "Precondition failed");
    }

    @Test
    void generationCountsChangesOfTheSpecOnly() {
        cluster.create(cluster.deployments, deployment("web"));
        cluster.update(cluster.deployments, "web", current -> {
            ((ObjectNode) current.get("metadata")).putObject("labels").put("a", "b");
            return current;
        });
        assertThat(cluster.get(cluster.deployments, "web")
                        .at("/metadata/generation")
                        .intValue())
                .isEqualTo(1);
        cluster.update(cluster.deployments, "web", current -> {
            ((ObjectNode) current.get("spec")).put("replicas", 2);
            return current;
        });
        assertThat(cluster.get(cluster.deployments, "web")
                        .at("/metadata/generation")
                        .intValue())
                .isEqualTo(2);
    }

    @Test
    void statusAndSpecAreWrittenThroughTheirOwnDoors() {
        cluster.create(cluster.pods, pod("a"));
        Update everything = current -> {
            ((ObjectNode) current.at("/spec/containers/0")).put("image", "other");
            ((ObjectNode) current.get("status")).put("phase", "Running");
            return current;
        };
        ObjectNode status = cluster.update(cluster.pods, "a", Part.STATUS, everything);
        assertThat(status.at("/status/phase").stringValue()).isEqualTo("Running");
        assertThat(status.at("/spec/containers/0/image").stringValue()).isEqualTo("nginx");
        ObjectNode whole = cluster.update(cluster.pods, "a", Part.OBJECT, current -> {
            ((ObjectNode) current.at("/spec/containers/0")).put("image", "other");
            current.remove("status");
            return current;
        });
        assertThat(whole.at("/status/phase").stringValue()).isEqualTo("Running");
        assertThat(whole.at("/spec/containers/0/image").stringValue()).isEqualTo("other");
    }

    @Test
    void anObjectThatBreaksRulesIsRefusedWithAllOfThem() {
        ObjectNode broken = deployment("web");
        ((ObjectNode) broken.get("spec")).remove("selector");
        assertStatus(
                () -> cluster.create(cluster.deployments, broken),
                422,
                "Invalid",
                "Deployment.apps \"web\" is invalid: ");
    }

    @Test
    void aPodBeginsPendingWithItsQualityOfService() {
        ObjectNode made = cluster.create(cluster.pods, pod("a"));
        assertThat(made.at("/status/phase").stringValue()).isEqualTo("Pending");
        assertThat(made.at("/status/qosClass").stringValue()).isEqualTo("BestEffort");
        ObjectNode spec = json("{'containers':[{'name':'c','resources':{'requests':{'cpu':'1','memory':'1Gi'},"
                + "'limits':{'cpu':'1000m','memory':'1024Mi'}}}]}");
        assertThat(PodStrategy.qosClass(spec)).isEqualTo("Guaranteed");
        assertThat(PodStrategy.qosClass(json("{'containers':[{'resources':{'requests':{'cpu':'1'}}}]}")))
                .isEqualTo("Burstable");
    }

    @Test
    void writersThatRaceAllSucceedWhenTheyDoNotInsist() throws Exception {
        cluster.create(cluster.configMaps, json("""
                {'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'counter'},'data':{'n':'0'}}"""));
        Update increment = current -> {
            ObjectNode data = (ObjectNode) current.get("data");
            data.put("n", Integer.toString(Integer.parseInt(data.get("n").stringValue()) + 1));
            return current;
        };
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                futures.add(writers.submit(() -> {
                    cluster.update(cluster.configMaps, "counter", current -> {
                        ObjectNode next = increment.apply(current);
                        ((ObjectNode) next.get("metadata")).remove("resourceVersion");
                        return next;
                    });
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
        assertThat(cluster.get(cluster.configMaps, "counter").at("/data/n").stringValue())
                .isEqualTo("8");
    }

    @Test
    void ofWritersThatInsistOnTheSameVersionOneWins() throws Exception {
        ObjectNode first = cluster.create(cluster.configMaps, configMap("a", "0"));
        String version = first.at("/metadata/resourceVersion").stringValue();
        List<Future<Boolean>> wins = new ArrayList<>();
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i <= 8; i++) {
                String value = Integer.toString(i);
                wins.add(writers.submit(() -> insist(version, value)));
            }
        }
        int winners = 0;
        for (Future<Boolean> win : wins) {
            winners += win.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
    }

    private boolean insist(String version, String value) {
        try {
            cluster.update(cluster.configMaps, "a", current -> {
                ObjectNode next = configMap("a", value);
                next.withObjectProperty("metadata").put("resourceVersion", version);
                return next;
            });
            return true;
        } catch (ApiException e) {
            assertThat(e.status().reason()).isEqualTo("Conflict");
            return false;
        }
    }

    @Test
    void admissionIsAskedAgainWhenAnUpdateRaces() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        List<String> asked = new ArrayList<>();
        Gate gate = (object, old) -> asked.add(old.at("/data/value").stringValue());
        List<String> raced = new ArrayList<>();
        cluster.registry.update(
                cluster.path(cluster.configMaps, "a"),
                Part.OBJECT,
                current -> {
                    if (raced.isEmpty()) {
                        raced.add("once");
                        cluster.update(cluster.configMaps, "a", c -> configMap("a", "2"));
                    }
                    current.withObjectProperty("data").put("other", "x");
                    return current;
                },
                new WriteOptions(false, null, gate));
        assertThat(asked).containsExactly("1", "2");
        assertThat(cluster.get(cluster.configMaps, "a").get("data").toString())
                .isEqualTo("{\"value\":\"2\",\"other\":\"x\"}");
    }

    @Test
    void aDeposedLeadersWriteFails() {
        WriteOptions fenced = new WriteOptions(false, 7L, Gate.OPEN);
        assertStatus(
                () -> cluster.registry.create(cluster.configMaps, "default", configMap("a", "1"), fenced),
                503,
                "ServiceUnavailable",
                "deposed");
    }

    @Test
    void withoutQuorumWritesFailAndReadsGoOnAndSaySo() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        cluster.memory().loseQuorum();
        assertStatus(
                () -> cluster.create(cluster.configMaps, configMap("b", "1")), 503, "ServiceUnavailable", "no quorum");
        assertThat(cluster.registry.get(cluster.path(cluster.configMaps, "a")).staleSince())
                .isNotNull();
        assertThat(cluster.registry.list(cluster.configMaps, ListOptions.ALL).staleSince())
                .isNotNull();
        cluster.memory().regainQuorum();
        assertThat(cluster.registry.list(cluster.configMaps, ListOptions.ALL).staleSince())
                .isNull();
    }

    @Test
    void withoutQuorumNothingFoundIsNoMoreThanAnOldAnswerEither() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        cluster.memory().loseQuorum();

        Sought sought = cluster.registry.seek(cluster.path(cluster.configMaps, "b"), "");

        assertThat(sought.object()).isEmpty();
        assertThat(sought.staleSince()).isNotNull();
    }

    @Test
    void aWriteWithoutQuorumIsRefusedForGoodSoThatKubectlSaysSoAtOnce() {
        cluster.memory().loseQuorum();

        assertThatThrownBy(() -> cluster.create(cluster.configMaps, configMap("b", "1")))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> assertThat(refused.status().details().retryAfterSeconds())
                                .isZero());
    }

    @Test
    void nobodyIsKeptWaitingForALeaderThatIsLongGone() {
        cluster.create(cluster.configMaps, configMap("a", "1"));
        cluster.memory().loseQuorum();
        int asked = cluster.memory().barriers();

        assertThat(cluster.registry.get(cluster.path(cluster.configMaps, "a")).staleSince())
                .isNotNull();
        assertThat(cluster.registry.list(cluster.configMaps, ListOptions.ALL).staleSince())
                .isNotNull();

        assertThat(cluster.memory().barriers()).isEqualTo(asked);
    }
}
