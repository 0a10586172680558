package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.RunningServer.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What every resource of discovery must do, over HTTPS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryResourceTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAMESPACE = "every";

    private RunningServer server;
    private RunningServer.Client admin;

    /** A resource as discovery tells of it. */
    record Resource(String group, String version, String name, String kind, boolean isNamespaced, List<String> verbs) {
        String qualified() {
            return group.isEmpty() ? name : name + "." + group;
        }

        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }

        String path() {
            String root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
            return root + (isNamespaced ? "/namespaces/" + NAMESPACE + "/" : "/") + name;
        }

        String path(String wish) {
            return path() + "/" + name(wish);
        }

        String name(String wish) {
            return EveryResource.name(qualified(), own(wish));
        }

        /** Events of both groups are the same objects, and so need names of their own. */
        private String own(String wish) {
            return group.equals("events.k8s.io") ? "new-" + wish : wish;
        }

        String object(String wish) {
            return object(wish, "");
        }

        String object(String wish, String metadata) {
            return EveryResource.object(qualified(), isNamespaced ? NAMESPACE : "", own(wish), metadata);
        }

        @Override
        public String toString() {
            return qualified() + "/" + version;
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        admin = server.admin();
        admin.post("/api/v1/namespaces", "{'metadata':{'name':'every'}}");
        admin.post("/api/v1/namespaces/every/serviceaccounts", "{'metadata':{'name':'default'}}");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Stream<Resource> discovered() throws Exception {
        List<Resource> found = new ArrayList<>(resources("", "v1", admin.get("/api/v1")));
        for (JsonNode group : admin.get("/apis").at("/groups")) {
            for (JsonNode version : group.path("versions")) {
                String name = version.path("version").asString();
                String groupName = group.path("name").asString();
                found.addAll(resources(groupName, name, admin.get("/apis/" + groupName + "/" + name)));
            }
        }
        return found.stream();
    }

    private static List<Resource> resources(String group, String version, Answer answer) {
        List<Resource> found = new ArrayList<>();
        for (JsonNode each : answer.at("/resources")) {
            String name = each.path("name").asString();
            if (!name.contains("/")) {
                List<String> verbs = new ArrayList<>();
                each.path("verbs").forEach(verb -> verbs.add(verb.asString()));
                found.add(new Resource(
                        group,
                        version,
                        name,
                        each.path("kind").asString(),
                        each.path("namespaced").asBoolean(),
                        verbs));
            }
        }
        return found;
    }

    private Stream<Resource> stored() throws Exception {
        return discovered()
                .filter(resource -> resource.verbs().contains("create")
                        && resource.verbs().contains("get")
                        && !(resource.group().equals("autoscaling")
                                && resource.version().equals("v1")));
    }

    @Test
    void everyStoredResourceHasAnExampleHere() throws Exception {
        assertThat(stored().map(Resource::qualified)).allMatch(EveryResource::isKnown);
    }

    @ParameterizedTest
    @MethodSource("stored")
    void itIsMadeWithItsMetadataAndReadBack(Resource resource) throws Exception {
        Answer made = admin.send("POST", resource.path(), resource.object("made"));

        assertThat(made.code()).as(made.text()).isEqualTo(201);
        assertThat(made.at("/kind").asString()).isEqualTo(resource.kind());
        assertThat(made.at("/apiVersion").asString()).isEqualTo(resource.apiVersion());
        assertThat(made.at("/metadata/uid").asString()).hasSize(36);
        assertThat(made.at("/metadata/resourceVersion").asString()).matches("[1-9][0-9]*");
        assertThat(made.at("/metadata/creationTimestamp").asString()).endsWith("Z");
        Answer read = admin.get(resource.path("made"));
        assertThat(JSON.readTree(read.text())).isEqualTo(JSON.readTree(made.text()));
        assertThat(listed(resource, "")).contains(resource.name("made"));
        Answer again = admin.send("POST", resource.path(), resource.object("made"));
        assertThat(again.code()).as(again.text()).isEqualTo(409);
        assertThat(again.at("/reason").asString()).isEqualTo("AlreadyExists");
        assertThat(again.at("/message").asString()).endsWith(" already exists");
    }

    private List<String> listed(Resource resource, String query) throws Exception {
        Answer list = admin.get(resource.path() + query);
        assertThat(list.code()).as(list.text()).isEqualTo(200);
        assertThat(list.at("/kind").asString()).isEqualTo(resource.kind() + "List");
        List<String> names = new ArrayList<>();
        list.at("/items").forEach(item -> names.add(item.at("/metadata/name").asString()));
        return names;
    }

    @ParameterizedTest
    @MethodSource("stored")
    void itIsChangedInEveryWay(Resource resource) throws Exception {
        ObjectNode object = made(resource, "changed", "");
        String path = resource.path("changed");

        object.withObjectProperty("metadata").withObjectProperty("labels").put("put", "1");
        Answer put = admin.send("PUT", path, JSON.writeValueAsString(object));
        assertThat(put.code()).as(put.text()).isEqualTo(200);
        Answer stale = admin.send("PUT", path, JSON.writeValueAsString(object.deepCopy()));
        assertThat(stale.code()).as(stale.text()).isEqualTo(409);
        assertThat(stale.at("/reason").asString()).isEqualTo("Conflict");
        patched(path, "merge", "{'metadata':{'labels':{'merge':'1','put':null}}}");
        patched(path, "json", "[{'op':'add','path':'/metadata/labels/json','value':'1'}]");
        Answer last = patched(path, "strategic", "{'metadata':{'labels':{'strategic':'1'}}}");

        assertThat(last.at("/metadata/labels").propertyNames())
                .contains("merge", "json", "strategic")
                .doesNotContain("put");
        assertThat(last.at("/metadata/generation")).isEqualTo(put.at("/metadata/generation"));
        assertThat(last.at("/metadata/uid").asString())
                .isEqualTo(object.at("/metadata/uid").asString());
    }

    private Answer patched(String path, String type, String patch) throws Exception {
        Answer answer = admin.patch(path, type, patch);
        assertThat(answer.code()).as(answer.text()).isEqualTo(200);
        return answer;
    }

    private ObjectNode made(Resource resource, String wish, String metadata) throws Exception {
        Answer made = admin.send("POST", resource.path(), resource.object(wish, metadata));
        assertThat(made.code()).as(made.text()).isEqualTo(201);
        return (ObjectNode) JSON.readTree(made.text());
    }

    @ParameterizedTest
    @MethodSource("stored")
    void aChangeWithoutADifferenceIsNoChange(Resource resource) throws Exception {
        made(resource, "same", "");
        ObjectNode before =
                (ObjectNode) JSON.readTree(admin.get(resource.path("same")).text());

        Answer put = admin.send("PUT", resource.path("same"), JSON.writeValueAsString(before));
        Answer patch = patched(resource.path("same"), "merge", "{}");

        assertThat(put.at("/metadata/resourceVersion"))
                .as(put.text())
                .isEqualTo(before.at("/metadata/resourceVersion"));
        assertThat(patch.at("/metadata/resourceVersion")).isEqualTo(before.at("/metadata/resourceVersion"));
    }

    @ParameterizedTest
    @MethodSource("stored")
    void aDryRunStoresNothing(Resource resource) throws Exception {
        Answer made = admin.send("POST", resource.path() + "?dryRun=All", resource.object("dry"));

        assertThat(made.code()).as(made.text()).isEqualTo(201);
        assertThat(made.at("/metadata/uid").asString()).isNotEmpty();
        assertThat(admin.get(resource.path("dry")).code()).isEqualTo(404);
        ObjectNode kept = made(resource, "kept", "");
        patched(resource.path("kept") + "?dryRun=All", "merge", "{'metadata':{'labels':{'dry':'1'}}}");
        Answer deleted = admin.send("DELETE", resource.path("kept") + "?dryRun=All", "");
        assertThat(deleted.code()).as(deleted.text()).isEqualTo(200);
        assertThat(admin.get(resource.path("kept")).at("/metadata/resourceVersion"))
                .isEqualTo(kept.at("/metadata/resourceVersion"));
    }

    @ParameterizedTest
    @MethodSource("stored")
    void aWatchSeesItsWholeLife(Resource resource) throws Exception {
        String start =
                admin.get(resource.path()).at("/metadata/resourceVersion").asString();
        String name = resource.name("watched");
        try (Stream<String> lines = admin.lines(resource.path()
                + "?watch=true&timeoutSeconds=20&fieldSelector=metadata.name=" + name + "&resourceVersion=" + start)) {
            Iterator<String> events = lines.iterator();
            made(resource, "watched", "");
            patched(resource.path("watched"), "merge", "{'metadata':{'labels':{'seen':'1'}}}");
            deleteWhole(resource, "watched");

            assertThat(type(events)).isEqualTo("ADDED");
            assertThat(type(events)).isEqualTo("MODIFIED");
            String next = type(events);
            while (next.equals("MODIFIED")) {
                next = type(events);
            }
            assertThat(next).isEqualTo("DELETED");
        }
    }

    private static String type(Iterator<String> events) {
        return JSON.readTree(events.next()).path("type").asString();
    }

    /** Deletes it and plays the controllers that hold it by finalizers. */
    private void deleteWhole(Resource resource, String wish) throws Exception {
        Answer answer = admin.delete(resource.path(wish));
        assertThat(answer.code()).as(answer.text()).isBetween(200, 202);
        Answer left = admin.get(resource.path(wish));
        if (left.code() == 200) {
            assertThat(left.at("/metadata/deletionTimestamp").asString()).isNotEmpty();
            if (resource.name().equals("namespaces")) {
                ObjectNode namespace = (ObjectNode) JSON.readTree(left.text());
                namespace.withObjectProperty("spec").remove("finalizers");
                admin.send("PUT", resource.path(wish) + "/finalize", JSON.writeValueAsString(namespace));
            } else {
                patched(resource.path(wish), "merge", "{'metadata':{'finalizers':null}}");
            }
            left = admin.get(resource.path(wish));
        }
        assertThat(left.code()).as(left.text()).isEqualTo(404);
        assertThat(left.at("/reason").asString()).isEqualTo("NotFound");
    }

    @ParameterizedTest
    @MethodSource("stored")
    void aListIsCutAndGoesOn(Resource resource) throws Exception {
        for (String wish : List.of("page-a", "page-b", "page-c")) {
            made(resource, wish, ",'labels':{'page':'yes'}");
        }
        Answer first = admin.get(resource.path() + "?labelSelector=page%3Dyes&limit=2");
        String token = first.at("/metadata/continue").asString();
        Answer second = admin.get(resource.path() + "?labelSelector=page%3Dyes&limit=2&continue=" + token);

        assertThat(first.at("/items")).hasSize(2);
        assertThat(token).isNotEmpty();
        assertThat(second.at("/items")).hasSize(1);
        assertThat(second.at("/metadata/continue").asString("")).isEmpty();
        assertThat(second.at("/metadata/resourceVersion")).isEqualTo(first.at("/metadata/resourceVersion"));
        assertThat(listed(resource, "?labelSelector=page%20in%20(no)")).isEmpty();
        if (resource.verbs().contains("deletecollection")) {
            Answer deleted = admin.delete(resource.path() + "?labelSelector=page%3Dyes");
            assertThat(deleted.code()).as(deleted.text()).isEqualTo(200);
            Answer left = admin.get(resource.path() + "?labelSelector=page%3Dyes");
            for (JsonNode item : left.at("/items")) {
                assertThat(item.at("/metadata/deletionTimestamp").asString("")).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("stored")
    void aTableHasARowAndItsCells(Resource resource) throws Exception {
        made(resource, "table", ",'labels':{'table':'yes'}");
        Answer table = admin.get(
                resource.path() + "?labelSelector=table%3Dyes&fieldSelector=metadata.name=" + resource.name("table"),
                "Accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

        assertThat(table.at("/kind").asString()).isEqualTo("Table");
        assertThat(table.at("/rows")).hasSize(1);
        assertThat(table.at("/rows/0/cells")).hasSameSizeAs(table.at("/columnDefinitions"));
        assertThat(table.at("/rows/0/object/kind").asString()).isEqualTo("PartialObjectMetadata");
    }

    @ParameterizedTest
    @MethodSource("discovered")
    void aVerbThatItLacksIsRefused(Resource resource) throws Exception {
        if (!resource.verbs().contains("list")) {
            Answer list = admin.get(resource.path());
            assertThat(list.code()).as(list.text()).isEqualTo(405);
            assertThat(list.at("/reason").asString()).isEqualTo("MethodNotAllowed");
        }
        if (!resource.verbs().contains("deletecollection")) {
            assertThat(admin.delete(resource.path()).code()).isEqualTo(405);
        }
        if (resource.verbs().contains("list")) {
            assertThat(admin.get(resource.path()).code()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("stored")
    void aStatusIsChangedByItsOwnPathAlone(Resource resource) throws Exception {
        boolean hasStatus = false;
        String root = resource.group().isEmpty() ? "/api/v1" : "/apis/" + resource.group() + "/" + resource.version();
        for (JsonNode each : admin.get(root).at("/resources")) {
            hasStatus |= each.path("name").asString().equals(resource.name() + "/status");
        }
        made(resource, "status", "");
        String path = resource.path("status") + "/status";
        if (!hasStatus) {
            assertThat(admin.get(path).code()).isEqualTo(404);
            return;
        }
        long generation = admin.get(path).at("/metadata/generation").asLong(0);
        for (String type : List.of("merge", "strategic")) {
            Answer answer = patched(path, type, "{'metadata':{'annotations':{'" + type + "':'1'}},'status':{}}");
            assertThat(answer.at("/kind").asString()).isEqualTo(resource.kind());
            assertThat(answer.at("/metadata/generation").asLong(0)).isEqualTo(generation);
        }
    }
}
