package io.kvorum.apiserver.handle;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.admission.AdmissionRequest;
import io.kvorum.apiserver.handle.Api.Answer;
import io.kvorum.http.LocalCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ResourceHandlerTest {
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

    @TempDir
    private Path folder;

    private Api api;

    @BeforeEach
    void open() {
        api = new Api(folder);
    }

    @AfterEach
    void close() {
        api.close();
    }

    private static String configMap(String name, String value) {
        return "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s','labels':{'n':'%s'}},'data':{'v':'%s'}}"
                .formatted(name, name, value);
    }

    private static String pod(String name) {
        return "{'metadata':{'name':'%s','labels':{'app':'web'}},'spec':{'containers':[{'name':'c','image':'i'}]}}"
                .formatted(name);
    }

    private static String deployment(String name) {
        return """
                {'metadata':{'name':'%s'},'spec':{'replicas':1,'selector':{'matchLabels':{'app':'web'}},
                 'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}""".formatted(name);
    }

    @Test
    void whatIsCreatedCanBeReadBack() {
        Answer made = api.post(CONFIG_MAPS, configMap("a", "1"));
        assertThat(made.code()).isEqualTo(201);
        Answer read = api.get(CONFIG_MAPS + "/a");
        assertThat(read.json()).isEqualTo(made.json());
        assertThat(read.at("/kind").stringValue()).isEqualTo("ConfigMap");
        assertThat(read.headers().first("Content-Type")).contains("application/json");
        assertThat(api.get(CONFIG_MAPS + "/b").code()).isEqualTo(404);
    }

    @Test
    void aListHoldsItemsAsUpstreamSendsThem() {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        api.post(CONFIG_MAPS, configMap("b", "1"));
        JsonNode list = api.get(CONFIG_MAPS).json();
        assertThat(list.at("/kind").stringValue()).isEqualTo("ConfigMapList");
        assertThat(list.at("/items")).hasSize(2);
        assertThat(list.at("/items/0").has("kind")).isFalse();
        assertThat(list.at("/items/1/metadata/name").stringValue()).isEqualTo("b");
        assertThat(list.at("/items/1/metadata/resourceVersion")).isEqualTo(list.at("/metadata/resourceVersion"));
        assertThat(api.get(CONFIG_MAPS + "?labelSelector=n%3Db").at("/items")).hasSize(1);
        assertThat(api.get(CONFIG_MAPS + "?fieldSelector=metadata.name%3Da").at("/items"))
                .hasSize(1);
        assertThat(api.get(CONFIG_MAPS + "?fieldSelector=spec.x%3Da").code()).isEqualTo(400);
    }

    @Test
    void pagesAreBoundByLimit() {
        for (int i = 0; i < 5; i++) {
            api.post(CONFIG_MAPS, configMap("c" + i, "1"));
        }
        JsonNode first = api.get(CONFIG_MAPS + "?limit=2").json();
        assertThat(first.at("/items")).hasSize(2);
        assertThat(first.at("/metadata/remainingItemCount").intValue()).isEqualTo(3);
        String token = first.at("/metadata/continue").stringValue();
        assertThat(api.get(CONFIG_MAPS + "?limit=9&continue=" + token).at("/items"))
                .hasSize(3);
    }

    @Test
    void metadataAloneCanBeAskedFor() {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        JsonNode list = api.get(
                        CONFIG_MAPS, "Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
                .json();
        assertThat(list.at("/kind").stringValue()).isEqualTo("PartialObjectMetadataList");
        assertThat(list.at("/items/0").has("data")).isFalse();
    }

    @Test
    void tablesAreForPeople() {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        JsonNode table = api.get(CONFIG_MAPS, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                .json();
        assertThat(table.at("/kind").stringValue()).isEqualTo("Table");
        assertThat(table.at("/columnDefinitions/0/name").stringValue()).isEqualTo("Name");
        assertThat(table.at("/rows/0/cells/0").stringValue()).isEqualTo("a");
    }

    @Test
    void unknownFieldsAreWarnedOfOrRefused() {
        String body = "{'metadata':{'name':'a'},'dta':{}}";
        assertThat(api.post(CONFIG_MAPS + "?fieldValidation=Strict", body).code())
                .isEqualTo(400);
        assertThat(api.post(CONFIG_MAPS, body).headers().first("Warning"))
                .contains("299 - \"unknown field \\\"dta\\\"\"");
    }

    @Test
    void aWriteOfATermThatIsOverFails() {
        Answer refused = api.post(CONFIG_MAPS, configMap("a", "1"), "Kvorum-Term", "999");
        assertThat(refused.code()).isEqualTo(503);
        assertThat(api.get(CONFIG_MAPS + "/a").code()).isEqualTo(404);
    }

    @Test
    void everyKindOfPatchChangesWhatItNames() {
        api.post(DEPLOYMENTS, deployment("web"));
        String path = DEPLOYMENTS + "/web";
        api.send("PATCH", path, "{'spec':{'replicas':2}}", "Content-Type", "application/merge-patch+json");
        api.send(
                "PATCH",
                path,
                "[{'op':'add','path':'/metadata/labels','value':{'a':'b'}}]",
                "Content-Type",
                "application/json-patch+json");
        Answer patched = api.send(
                "PATCH",
                path,
                "{'spec':{'template':{'spec':{'containers':[{'name':'d','image':'j'}]}}}}",
                "Content-Type",
                "application/strategic-merge-patch+json");
        assertThat(patched.code()).isEqualTo(200);
        assertThat(patched.at("/spec/replicas").intValue()).isEqualTo(2);
        assertThat(patched.at("/metadata/labels/a").stringValue()).isEqualTo("b");
        assertThat(patched.at("/spec/template/spec/containers")).hasSize(2);
        assertThat(patched.at("/metadata/generation").intValue()).isEqualTo(3);
    }

    @Test
    void aPatchMakesNothing() {
        Answer refused =
                api.send("PATCH", CONFIG_MAPS + "/a", "{'data':{}}", "Content-Type", "application/merge-patch+json");
        assertThat(refused.code()).isEqualTo(404);
    }

    @Test
    void deletesAnswerAsUpstreamDoes() {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        Answer gone = api.send("DELETE", CONFIG_MAPS + "/a", "{'kind':'DeleteOptions','apiVersion':'v1'}");
        assertThat(gone.at("/kind").stringValue()).isEqualTo("Status");
        assertThat(gone.at("/status").stringValue()).isEqualTo("Success");
        assertThat(gone.at("/details/name").stringValue()).isEqualTo("a");
        api.post(PODS, pod("p"));
        assertThat(api.send("DELETE", PODS + "/p", "").at("/kind").stringValue())
                .isEqualTo("Pod");
    }

    @Test
    void aCollectionIsDeletedBySelector() {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        api.post(CONFIG_MAPS, configMap("b", "1"));
        assertThat(api.send("DELETE", CONFIG_MAPS + "?labelSelector=n%3Da", "").at("/items"))
                .hasSize(1);
        assertThat(api.get(CONFIG_MAPS).at("/items")).hasSize(1);
    }

    @Test
    void aDryRunChangesNothing() {
        assertThat(api.post(CONFIG_MAPS + "?dryRun=All", configMap("a", "1")).code())
                .isEqualTo(201);
        assertThat(api.get(CONFIG_MAPS + "/a").code()).isEqualTo(404);
        assertThat(api.admitted.getFirst().isDryRun()).isTrue();
    }

    @Test
    void admissionSeesEveryWrite() {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        api.send("PUT", CONFIG_MAPS + "/a", configMap("a", "2"));
        api.send("DELETE", CONFIG_MAPS + "/a", "");
        assertThat(api.admitted.stream().map(AdmissionRequest::operation).toList())
                .containsExactly(
                        AdmissionRequest.Operation.CREATE,
                        AdmissionRequest.Operation.UPDATE,
                        AdmissionRequest.Operation.DELETE);
    }

    @Test
    void scaleReadsAndWritesReplicasOnly() {
        api.post(DEPLOYMENTS, deployment("web"));
        JsonNode scale = api.get(DEPLOYMENTS + "/web/scale").json();
        assertThat(scale.at("/kind").stringValue()).isEqualTo("Scale");
        assertThat(scale.at("/status/selector").stringValue()).isEqualTo("app=web");
        Answer scaled = api.send(
                "PATCH",
                DEPLOYMENTS + "/web/scale",
                "{'spec':{'replicas':5}}",
                "Content-Type",
                "application/merge-patch+json");
        assertThat(scaled.at("/spec/replicas").intValue()).isEqualTo(5);
        assertThat(api.get(DEPLOYMENTS + "/web").at("/spec/replicas").intValue())
                .isEqualTo(5);
        String old = scale.toString().replace("\"replicas\":1}", "\"replicas\":7}");
        assertThat(api.send("PUT", DEPLOYMENTS + "/web/scale", old).code()).isEqualTo(409);
    }

    @Test
    void aPodIsBoundOnce() {
        api.post(PODS, pod("p"));
        String binding = "{'metadata':{'name':'p'},'target':{'kind':'Node','name':'n1'}}";
        assertThat(api.post(PODS + "/p/binding", binding).code()).isEqualTo(201);
        JsonNode bound = api.get(PODS + "/p").json();
        assertThat(bound.at("/spec/nodeName").stringValue()).isEqualTo("n1");
        assertThat(bound.at("/status/conditions/0/type").stringValue()).isEqualTo("PodScheduled");
        Answer again = api.post("/api/v1/namespaces/default/bindings", binding);
        assertThat(again.code()).isEqualTo(409);
        assertThat(again.text()).contains("pod p is already assigned to node");
    }

    @Test
    void anEvictionRespectsTheBudget() {
        api.post(PODS, pod("p"));
        api.send(
                "PATCH",
                PODS + "/p/status",
                "{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}}",
                "Content-Type",
                "application/merge-patch+json");
        String budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
        api.post(
                budgets,
                "{'metadata':{'name':'b'},'spec':{'minAvailable':1,'selector':{'matchLabels':{'app':'web'}}}}");
        Answer early = api.post(PODS + "/p/eviction", "{'metadata':{'name':'p'}}");
        assertThat(early.code()).isEqualTo(429);
        api.send(
                "PATCH",
                budgets + "/b/status",
                "{'status':{'observedGeneration':1,'disruptionsAllowed':1,'currentHealthy':2,'desiredHealthy':1}}",
                "Content-Type",
                "application/merge-patch+json");
        assertThat(api.post(PODS + "/p/eviction", "{'metadata':{'name':'p'}}").code())
                .isEqualTo(201);
        assertThat(api.get(budgets + "/b").at("/status/disruptionsAllowed").intValue())
                .isZero();
        assertThat(api.get(PODS + "/p").code()).isEqualTo(404);
    }

    @Test
    void neighboursAnswerWhatIsTheirs() {
        api.post(PODS, pod("p"));
        assertThat(api.get(PODS + "/p/log").text()).isEqualTo("connected to p");
        api.post("/api/v1/namespaces/default/serviceaccounts", "{'metadata':{'name':'sa'}}");
        Answer token = api.post("/api/v1/namespaces/default/serviceaccounts/sa/token", "{'spec':{}}");
        assertThat(token.at("/status/token").stringValue()).isEqualTo("of sa");
        Answer self = api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
        assertThat(self.at("/status/user").stringValue()).isEqualTo("alice");
    }

    @Test
    void eventsOfBothGroupsAreTheSameObjects() {
        api.post(
                "/api/v1/namespaces/default/events",
                "{'metadata':{'name':'e'},'involvedObject':{'kind':'Pod','name':'p'},'message':'hello','reason':'R','type':'Normal'}");
        JsonNode event = api.get("/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name%3Dp")
                .at("/items/0");
        assertThat(event.at("/note").stringValue()).isEqualTo("hello");
        assertThat(event.at("/regarding/name").stringValue()).isEqualTo("p");
    }

    @Test
    void aWatchStreamsLinesAndEndsWithABookmark() throws IOException {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        List<JsonNode> lines = new ArrayList<>();
        try (LocalCall.Response response = api.open(
                "GET",
                CONFIG_MAPS + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=1"
                        + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
                "")) {
            BufferedReader reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            lines.add(json(reader));
            lines.add(json(reader));
            api.send("PUT", CONFIG_MAPS + "/a", configMap("a", "2"));
            lines.add(json(reader));
            api.send("DELETE", CONFIG_MAPS + "/a", "");
            lines.add(json(reader));
            lines.add(json(reader));
            assertThat(reader.readLine()).isNull();
        }
        assertThat(lines.stream().map(line -> line.at("/type").stringValue()).toList())
                .containsExactly("ADDED", "BOOKMARK", "MODIFIED", "DELETED", "BOOKMARK");
        assertThat(lines.get(1).at("/object/metadata/annotations").toString())
                .isEqualTo("{\"k8s.io/initial-events-end\":\"true\"}");
        assertThat(lines.get(2).at("/object/data/v").stringValue()).isEqualTo("2");
        assertThat(lines.get(4).at("/object/metadata/resourceVersion"))
                .isEqualTo(lines.get(3).at("/object/metadata/resourceVersion"));
    }

    private static JsonNode json(BufferedReader reader) throws IOException {
        return new Answer(0, new io.kvorum.http.Headers(), String.valueOf(reader.readLine())).json();
    }

    @Test
    void aWatchFromForgottenTimesSaysSoInItsStream() throws IOException {
        api.post(CONFIG_MAPS, configMap("a", "1"));
        api.get(CONFIG_MAPS);
        Answer answer = api.get(CONFIG_MAPS + "?watch=1&resourceVersion=1");
        assertThat(answer.code()).isEqualTo(200);
        assertThat(answer.at("/type").stringValue()).isEqualTo("ERROR");
        assertThat(answer.at("/object/code").intValue()).isEqualTo(410);
    }

    @Test
    void whatIsNotThereIsNotFoundAndWhatCannotBeDoneIsNotAllowed() {
        assertThat(api.get("/api/v1/namespaces/default/nonsense").code()).isEqualTo(404);
        assertThat(api.get("/apis/authentication.k8s.io/v1/selfsubjectreviews").code())
                .isEqualTo(405);
        assertThat(api.get(CONFIG_MAPS + "/a/nonsense").code()).isEqualTo(404);
    }
}
