package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.RunningServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers who err are told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MistakesTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

    private RunningServer server;
    private RunningServer.Client admin;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        admin = server.admin();
        admin.post(MAPS, "{'metadata':{'name':'there'},'data':{'a':'b'}}");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"PUT,''", "PATCH,''", "POST,/there", "OPTIONS,/there", "TRACE,''"})
    void aMethodThatTheUrlDoesNotTakeIsRefused(String method, String rest) throws Exception {
        Answer answer = admin.send(method, MAPS + rest, "");

        assertThat(answer.code()).isEqualTo(405);
        assertThat(answer.at("/reason").asString()).isEqualTo("MethodNotAllowed");
        assertThat(answer.at("/message").asString())
                .isEqualTo("the server does not allow this method on the requested resource");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'metadata': | 400 | couldn't get version/kind; json parse error",
                "[] | 400 | json: cannot unmarshal array",
                "{'kind':'Pod','apiVersion':'v1'} | 400 | cannot be handled as a ConfigMap",
                "{'apiVersion':'v2','kind':'ConfigMap'} | 400 | does not match the expected API version (v1)",
                "{'metadata':{'name':'x'},'data':{'a':1}} | 400 | cannot unmarshal number into Go struct field ConfigMap.data",
                "{'metadata':{'name':'x','namespace':'other'}} | 400 | does not match the namespace sent on the request",
                "{'metadata':{}} | 422 | name or generateName is required",
                "{'metadata':{'name':'UP'}} | 422 | a lowercase RFC 1123 subdomain must consist of",
                "{'metadata':{'name':'x','resourceVersion':'1'}} | 400 | resourceVersion should not be set on objects to be created",
                "{'metadata':{'name':'x','labels':{'a b':'c'}}} | 422 | metadata.labels: Invalid value",
                "{'metadata':{'name':'x'},'data':{'a/b':'c'}} | 422 | a valid config key must consist of",
                "{'metadata':{'name':'there'}} | 409 | configmaps 'there' already exists",
            })
    void aBodyThatCannotBeIsExplained(String body, int code, String text) throws Exception {
        Answer answer = admin.post(MAPS, body.replace("`", ""));

        assertThat(answer.code()).as(answer.text()).isEqualTo(code);
        assertThat(answer.at("/kind").asString()).isEqualTo("Status");
        assertThat(answer.at("/message").asString())
                .contains(text.replace('\'', '"').replace("couldn\"t", "couldn't"));
    }

    @Test
    void aNameOfMoreThan253CharactersIsTooLong() throws Exception {
        Answer answer = admin.post(MAPS, "{'metadata':{'name':'" + "a".repeat(254) + "'}}");

        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.at("/details/causes/0/message").asString()).endsWith("must be no more than 253 bytes");
    }

    @Test
    void unknownFieldsAreRefusedNamedOrDroppedAsAsked() throws Exception {
        String body = "{'metadata':{'name':'fields'},'foo':1,'data':{'a':'b','a':'c'}}";

        Answer strict = admin.post(MAPS + "?fieldValidation=Strict&dryRun=All", body);
        Answer warned = admin.post(MAPS + "?fieldValidation=Warn&dryRun=All", body);
        Answer ignored = admin.post(MAPS + "?fieldValidation=Ignore&dryRun=All", body);

        assertThat(strict.code()).isEqualTo(400);
        assertThat(strict.at("/message").asString())
                .endsWith("strict decoding error: unknown field \"foo\", duplicate field \"data.a\"");
        assertThat(warned.code()).isEqualTo(201);
        assertThat(warned.headers().allValues("Warning"))
                .containsExactly("299 - \"unknown field \\\"foo\\\"\"", "299 - \"duplicate field \\\"data.a\\\"\"");
        assertThat(ignored.code()).isEqualTo(201);
        assertThat(ignored.headers().allValues("Warning")).isEmpty();
        assertThat(ignored.at("/foo").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "labelSelector=a%20in%20(, unable to parse requirement",
        "labelSelector=a%3D%3D%3Db, unable to parse requirement",
        "fieldSelector=a, invalid selector",
        "fieldSelector=spec.nope%3D1, field label not supported",
        "limit=x, limit",
        "resourceVersion=x, resourceVersion",
        "continue=x, continue key is not valid"
    })
    void aQueryThatCannotBeIsABadRequest(String query, String text) throws Exception {
        Answer answer = admin.get("/api/v1/pods?" + query);

        assertThat(answer.code()).isEqualTo(400);
        assertThat(answer.at("/reason").asString()).isEqualTo("BadRequest");
        assertThat(answer.at("/message").asString()).contains(text);
    }

    @Test
    void whatMustNotChangeIsNamed() throws Exception {
        admin.post(
                DEPLOYMENTS,
                "{'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}");

        Answer answer = admin.patch(
                DEPLOYMENTS + "/d",
                "merge",
                "{'spec':{'selector':{'matchLabels':{'a':'c'}},'template':{'metadata':{'labels':{'a':'c'}}}}}");

        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.at("/message").asString())
                .startsWith("Deployment.apps \"d\" is invalid: spec.selector: Invalid value: ")
                .endsWith(": field is immutable");
    }

    @Test
    void aCustomResourceOfAStoredDefinitionIsNotFoundUntilItIsServed() throws Exception {
        Answer made = admin.send(
                "POST",
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                EveryResource.object("customresourcedefinitions.apiextensions.k8s.io", "", "widgets", ""));

        assertThat(made.code()).as(made.text()).isEqualTo(201);
        Answer answer = admin.get("/apis/widgets.example.com/v1/namespaces/default/widgets");
        assertThat(answer.code()).isEqualTo(404);
    }

    @Test
    void componentsOfTheControlPlaneAreListedAsHealthyWithAWarning() throws Exception {
        Answer list = admin.get("/api/v1/componentstatuses");

        assertThat(list.at("/kind").asString()).isEqualTo("ComponentStatusList");
        assertThat(list.at("/items"))
                .hasSize(3)
                .allMatch(item -> item.at("/conditions/0/status").asString().equals("True"));
        assertThat(list.headers().firstValue("Warning"))
                .hasValueSatisfying(text -> assertThat(text).contains("deprecated"));
        assertThat(admin.get("/api/v1/componentstatuses/nope").code()).isEqualTo(404);
    }
}
