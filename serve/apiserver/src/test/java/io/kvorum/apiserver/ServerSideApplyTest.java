package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.RunningServer.Answer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Server-side apply and the owners of fields, over HTTPS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerSideApplyTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: %s
            spec:
              replicas: 2
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: nginx
            """;

    private RunningServer server;
    private RunningServer.Client admin;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Answer apply(String path, String body) throws Exception {
        return admin.patch(path, "apply", body);
    }

    @Test
    void anApplyMakesWhatIsNotThereAndThenLeavesItAlone() throws Exception {
        String path = DEPLOYMENTS + "/fresh?fieldManager=anne";

        Answer made = apply(path, DEPLOYMENT.formatted("fresh"));
        Answer again = apply(path, DEPLOYMENT.formatted("fresh"));

        assertThat(made.code()).as(made.text()).isEqualTo(201);
        assertThat(again.code()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/metadata/resourceVersion")).isEqualTo(made.at("/metadata/resourceVersion"));
        assertThat(made.at("/metadata/managedFields")).hasSize(1);
        assertThat(made.at("/spec/revisionHistoryLimit").asInt()).isEqualTo(10);
    }

    @Test
    void somebodyElsesScaleIsAConflictUntilItIsLeftToThem() throws Exception {
        apply(DEPLOYMENTS + "/scaled?fieldManager=anne", DEPLOYMENT.formatted("scaled"));
        admin.patch(DEPLOYMENTS + "/scaled/scale?fieldManager=bob", "merge", "{'spec':{'replicas':5}}");

        Answer refused = apply(DEPLOYMENTS + "/scaled?fieldManager=anne", DEPLOYMENT.formatted("scaled"));
        Answer left = apply(
                DEPLOYMENTS + "/scaled?fieldManager=anne",
                DEPLOYMENT.formatted("scaled").replace("  replicas: 2\n", ""));

        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.at("/message").asString())
                .isEqualTo(
                        "Apply failed with 1 conflict: conflict with \"bob\" with subresource \"scale\" using apps/v1: .spec.replicas");
        assertThat(refused.at("/details/causes/0/reason").asString()).isEqualTo("FieldManagerConflict");
        assertThat(left.code()).as(left.text()).isEqualTo(200);
        assertThat(left.at("/spec/replicas").asInt()).isEqualTo(5);
        Answer forced = apply(DEPLOYMENTS + "/scaled?fieldManager=anne&force=true", DEPLOYMENT.formatted("scaled"));
        assertThat(forced.at("/spec/replicas").asInt()).isEqualTo(2);
    }

    @Test
    void aScaleIsShownWithWantedAndAvailableReplicas() throws Exception {
        apply(DEPLOYMENTS + "/shown?fieldManager=anne", DEPLOYMENT.formatted("shown"));

        Answer table =
                admin.get(DEPLOYMENTS + "/shown/scale", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");

        assertThat(table.at("/columnDefinitions").findValuesAsString("name"))
                .containsExactly("Name", "Desired", "Available", "Age");
        assertThat(table.at("/rows/0/cells/1").asInt()).isEqualTo(2);
    }

    @Test
    void creationsUpdatesAndStatusesNameTheirManagers() throws Exception {
        admin.post(MAPS + "?fieldManager=maker", "{'metadata':{'name':'tracked'},'data':{'a':'1','b':'2'}}");
        Answer patched = admin.patch(MAPS + "/tracked?fieldManager=changer", "merge", "{'data':{'b':'3'}}");

        assertThat(patched.at("/metadata/managedFields").findValuesAsString("manager"))
                .containsExactlyInAnyOrder("maker", "changer");
        assertThat(patched.at("/metadata/managedFields").findValuesAsString("operation"))
                .containsOnly("Update");
        Answer program = admin.post(MAPS, "{'metadata':{'name':'program'},'data':{'a':'1'}}");
        assertThat(program.at("/metadata/managedFields/0/manager").asString()).isEqualTo("Java-http-client");
    }

    @Test
    void anApplyOfTheStatusLeavesTheSpecAlone() throws Exception {
        apply(DEPLOYMENTS + "/status?fieldManager=anne", DEPLOYMENT.formatted("status"));

        Answer status = apply(
                DEPLOYMENTS + "/status/status?fieldManager=controller",
                DEPLOYMENT.formatted("status").replace("replicas: 2", "replicas: 7")
                        + "status: {observedGeneration: 1}\n");

        assertThat(status.code()).as(status.text()).isEqualTo(200);
        assertThat(status.at("/status/observedGeneration").asInt()).isEqualTo(1);
        assertThat(status.at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(status.at("/metadata/managedFields").findValuesAsString("subresource"))
                .isEqualTo(List.of("status"));
    }

    @Test
    void anApplyNeedsAManagerAndBringsNoOwners() throws Exception {
        Answer nameless = apply(MAPS + "/x", "{'apiVersion':'v1','kind':'ConfigMap'}");
        Answer owning =
                apply(MAPS + "/x?fieldManager=a", "{'metadata':{'name':'x','managedFields':[{'manager':'m'}]}}");
        Answer unforced = admin.patch(MAPS + "/x?force=true", "merge", "{}");

        assertThat(nameless.code()).isEqualTo(422);
        assertThat(nameless.at("/message").asString())
                .isEqualTo(
                        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        assertThat(owning.code()).isEqualTo(400);
        assertThat(owning.at("/message").asString()).isEqualTo("metadata.managedFields must be nil");
        assertThat(unforced.code()).isEqualTo(422);
    }

    @Test
    void whoMayOnlyPatchMakesNothingByApplying() throws Exception {
        admin.post(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
                "{'metadata':{'name':'patches'},'rules':[{'apiGroups':[''],'resources':['configmaps'],'verbs':['patch']}]}");
        admin.post(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                "{'metadata':{'name':'patches'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'Role','name':'patches'},'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'carl'}]}");
        apply(MAPS + "/old?fieldManager=anne", "{'data':{'a':'b'}}");
        RunningServer.Client carl = server.client("carl");
        Answer changed = carl.patch(MAPS + "/old?fieldManager=carl", "apply", "{'data':{'c':'d'}}");
        for (int tries = 0; changed.code() == 403 && tries < 1000; tries++) {
            changed = carl.patch(MAPS + "/old?fieldManager=carl", "apply", "{'data':{'c':'d'}}");
        }

        assertThat(changed.code()).as(changed.text()).isEqualTo(200);
        Answer refused = carl.patch(MAPS + "/new?fieldManager=carl", "apply", "{'data':{'c':'d'}}");
        assertThat(refused.code()).as(refused.text()).isEqualTo(403);
    }
}
