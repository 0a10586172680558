package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import java.io.DataInputStream;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Speaks to the server as Go clients do: protobuf where a kind has it. */
@Timeout(90)
class ProtobufTest {
    private static final ProtobufCodec CODEC = ProtobufCodec.builtIn();
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String[] GO_CLIENT = {"Accept", PROTOBUF + ",application/json", "Content-Type", PROTOBUF};
    private static final byte[] NOTHING = {};

    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anObjectThatWasCreatedInProtobufIsReadInBothEncodings() throws Exception {
        HttpResponse<byte[]> created =
                server.admin().bytes("POST", CONFIG_MAPS, CODEC.encode(configMap("both", "1")), GO_CLIENT);

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Content-Type")).contains(PROTOBUF);
        ObjectNode answer = CODEC.decode(created.body());
        assertThat(answer.at("/metadata/uid").asString()).isNotEmpty();
        assertThat(answer).isEqualTo(CODEC.decode(get(CONFIG_MAPS + "/both").body()));
        assertThat(answer)
                .isEqualTo(json(server.admin().get(CONFIG_MAPS + "/both").text()));
    }

    @Test
    void aListIsTheSameInBothEncodings() throws Exception {
        for (int i = 0; i < 3; i++) {
            server.admin().bytes("POST", CONFIG_MAPS, CODEC.encode(configMap("listed-" + i, "x")), GO_CLIENT);
        }
        String path = CONFIG_MAPS + "?fieldSelector=metadata.name%3Dlisted-1";

        ObjectNode list = CODEC.decode(get(path).body());

        ObjectNode inJson = json(server.admin().get(path).text());
        assertThat(list.at("/kind").asString()).isEqualTo("ConfigMapList");
        assertThat(list.at("/items")).isEqualTo(inJson.at("/items")).hasSize(1);
        assertThat(CODEC.decode(get(CONFIG_MAPS).body()).at("/items").size()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void metadataAloneComesInProtobufAndATableDoesNot() throws Exception {
        HttpResponse<byte[]> metadata = server.admin()
                .bytes(
                        "GET",
                        "/api/v1/namespaces",
                        NOTHING,
                        "Accept",
                        PROTOBUF + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        assertThat(CODEC.decode(metadata.body()).at("/kind").asString()).isEqualTo("PartialObjectMetadataList");

        HttpResponse<byte[]> table = server.admin()
                .bytes("GET", "/api/v1/namespaces", NOTHING, "Accept", PROTOBUF + ";as=Table;g=meta.k8s.io;v=v1");
        assertThat(table.statusCode()).isEqualTo(406);
    }

    @Test
    void aFailureComesInTheEncodingThatIsPreferred() throws Exception {
        HttpResponse<byte[]> missing = get(CONFIG_MAPS + "/nowhere");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.headers().firstValue("Content-Type")).contains(PROTOBUF);
        ObjectNode status = CODEC.decode(missing.body());
        assertThat(status.at("/kind").asString()).isEqualTo("Status");
        assertThat(status.at("/message").asString()).isEqualTo("configmaps \"nowhere\" not found");
    }

    @Test
    void aKindThatDoesNotTravelSoIsAnsweredInJsonAndNotTaken() throws Exception {
        String services = "/apis/apiregistration.k8s.io/v1/apiservices";

        assertThat(get(services).headers().firstValue("Content-Type")).contains("application/json");
        assertThat(server.admin()
                        .bytes("POST", services, CODEC.encode(configMap("x", "1")), GO_CLIENT)
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void aDamagedBodyIsABadRequest() throws Exception {
        byte[] damaged = CODEC.encode(configMap("damaged", "1"));
        byte[] cut = Arrays.copyOf(damaged, damaged.length - 7);
        HttpResponse<byte[]> answer =
                server.admin().bytes("POST", CONFIG_MAPS, cut, "Content-Type", PROTOBUF, "Accept", "application/json");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("the object provided is unrecognized (must be of type ConfigMap): proto: ");
    }

    @Test
    void scalesAndOptionsTravelToo() throws Exception {
        ObjectNode deployment = json("""
                {'kind':'Deployment','apiVersion':'apps/v1','metadata':{'name':'web'},'spec':{'replicas':0,
                 'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},
                 'spec':{'containers':[{'name':'c','image':'nginx'}]}}}}""");
        String deployments = "/apis/apps/v1/namespaces/default/deployments";
        assertThat(CODEC.decode(server.admin()
                                .bytes("POST", deployments, CODEC.encode(deployment), GO_CLIENT)
                                .body())
                        .at("/spec/replicas")
                        .asInt())
                .isZero();

        ObjectNode scale = CODEC.decode(get(deployments + "/web/scale").body());
        scale.putObject("spec").put("replicas", 3);
        ObjectNode scaled = CODEC.decode(server.admin()
                .bytes("PUT", deployments + "/web/scale", CODEC.encode(scale), GO_CLIENT)
                .body());
        assertThat(scaled.at("/spec/replicas").asInt()).isEqualTo(3);

        ObjectNode options = json("{'kind':'DeleteOptions','apiVersion':'apps/v1','gracePeriodSeconds':0}");
        HttpResponse<byte[]> deleted =
                server.admin().bytes("DELETE", deployments + "/web", CODEC.encode(options), GO_CLIENT);
        assertThat(CODEC.decode(deleted.body()).at("/status").asString()).isEqualTo("Success");
    }

    @Test
    void aWatchIsAStreamOfFrames() throws Exception {
        server.admin().bytes("POST", CONFIG_MAPS, CODEC.encode(configMap("watched", "1")), GO_CLIENT);
        HttpResponse<InputStream> watch = server.admin().stream(
                CONFIG_MAPS + "?watch=1&fieldSelector=metadata.name%3Dwatched&allowWatchBookmarks=true"
                        + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=20",
                "Accept",
                PROTOBUF + ",application/json");
        assertThat(watch.headers().firstValue("Content-Type")).contains(PROTOBUF + ";stream=watch");
        try (DataInputStream frames = new DataInputStream(watch.body())) {
            assertThat(next(frames)).contains("ADDED", "watched");
            assertThat(next(frames)).contains("BOOKMARK", "k8s.io/initial-events-end");
            server.admin().delete(CONFIG_MAPS + "/watched");
            assertThat(next(frames)).contains("DELETED", "watched");
        }
    }

    private static String next(DataInputStream frames) throws Exception {
        return new String(frames.readNBytes(frames.readInt()), StandardCharsets.ISO_8859_1);
    }

    private static HttpResponse<byte[]> get(String path) throws Exception {
        return server.admin().bytes("GET", path, NOTHING, "Accept", PROTOBUF + ",application/json");
    }

    private static ObjectNode configMap(String name, String value) {
        return json("{'kind':'ConfigMap','apiVersion':'v1','metadata':{'name':'%s'},'data':{'a':'%s'}}"
                .formatted(name, value));
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
