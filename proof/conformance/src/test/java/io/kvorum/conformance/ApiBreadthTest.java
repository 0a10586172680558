package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API as kubectl and helm use it beyond the everyday. */
class ApiBreadthTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration HELM_LIMIT = Duration.ofMinutes(3);

    private static Lab lab;
    private static OneServer server;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.up("qa1", "10.91.0", 1);
        server = OneServer.start(lab);
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void anApplyTakesAwayWhatTheManifestNoLongerSays() {
        server.apply(map("edited", "{one: '1', two: '2'}"));
        server.kubectl("patch", "configmap", "edited", "-p", "{\"data\":{\"theirs\":\"3\"}}");

        server.apply(map("edited", "{one: '1'}"));

        assertThat(data("edited")).isEqualTo("{\"one\":\"1\",\"theirs\":\"3\"}");
    }

    @Test
    void aServerSideApplyRefusesWhatAnotherOwnsUntilForced() {
        serverSide(map("owned", "{one: '1'}")).expectSuccess();
        server.kubectl("patch", "configmap", "owned", "--field-manager=other", "-p", "{\"data\":{\"one\":\"9\"}}");

        assertThat(serverSide(map("owned", "{one: '1'}")).expectFailure())
                .contains("Apply failed with 1 conflict: conflict with \"other\" using v1: .data.one");
        serverSide(map("owned", "{one: '1'}"), "--force-conflicts").expectSuccess();
        assertThat(data("owned")).isEqualTo("{\"one\":\"1\"}");
    }

    @Test
    void whatWasAppliedByTheClientMovesToTheServer() {
        server.apply(map("moved", "{one: '1', two: '2'}"));

        serverSide(map("moved", "{one: '1'}")).expectSuccess();

        assertThat(data("moved")).isEqualTo("{\"one\":\"1\"}");
    }

    @Test
    void aTokenMayDoWhatItsRolesSayAndDiesWithItsPod() {
        server.kubectl("create", "serviceaccount", "bot");
        server.kubectl("create", "role", "bot", "--verb=get,list", "--resource=pods");
        server.kubectl("create", "rolebinding", "bot", "--role=bot", "--serviceaccount=default:bot");
        server.kubectl("run", "holder", "--image=nginx", "--overrides={\"spec\":{\"serviceAccountName\":\"bot\"}}");
        server.kubectl("wait", "--for=condition=Ready", "pod/holder", "--timeout=60s");
        String token =
                server.kubectl("create", "token", "bot", "--bound-object-kind=Pod", "--bound-object-name=holder");

        Await.until("the new role", SOON, () -> with(token, "get", "pods").exitCode() == 0);
        assertThat(with(token, "get", "secrets").expectFailure())
                .contains("User \"system:serviceaccount:default:bot\" cannot list resource \"secrets\"");
        assertThat(with(token, "get", "pods", "-A").expectFailure()).contains("at the cluster scope");

        server.kubectl("delete", "pod", "holder", "--now");
        assertThat(with(token, "get", "pods").expectFailure()).contains("Unauthorized");
        assertThat(with("made-up", "get", "pods").expectFailure()).contains("Unauthorized");
    }

    @Test
    void aDefinitionIsStoredAndItsResourceIsCleanlyAbsent() {
        server.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object}}
                """);

        assertThat(server.kubectl("get", "crd")).contains("widgets.example.com");
        server.kubectl("delete", "crd", "widgets.example.com");
    }

    @Test
    void aChartIsInstalledUpgradedRolledBackAndRemoved() throws IOException {
        Path helm = helm();
        Path folder = Files.createTempDirectory("chart");
        Path chart = folder.resolve("shop");
        run(List.of(helm.toString(), "create", chart.toString()));

        helm(helm, "install", "rel", chart.toString(), "--set", "image.tag=latest", "--wait");
        helm(
                helm,
                "upgrade",
                "rel",
                chart.toString(),
                "--set",
                "image.tag=latest",
                "--set",
                "replicaCount=2",
                "--wait");
        helm(helm, "rollback", "rel", "1", "--wait");

        assertThat(helm(helm, "history", "rel")).contains("Rollback to 1");
        assertThat(server.kubectl("get", "deployment", "rel-shop", "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("1");
        helm(helm, "uninstall", "rel", "--wait");
        assertThat(server.kubectl("get", "deployment", "-o", "name")).doesNotContain("rel-shop");
    }

    /** It comes with kubectl's package when the distribution is built. */
    private static Path helm() throws IOException {
        Path tools = Lab.repository().resolve(".cache/tools");
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(tools)) {
            try (DirectoryStream<Path> packages = Files.newDirectoryStream(tools)) {
                packages.forEach(each -> found.add(each.resolve("helm")));
            }
        }
        found.removeIf(each -> !Files.isExecutable(each));
        assumeTrue(!found.isEmpty(), "there is no helm in " + tools);
        return found.getFirst();
    }

    private static String helm(Path helm, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(helm.toString(), "--kubeconfig", server.kubeconfig().toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String run(List<String> command) {
        return server.shell().run(HELM_LIMIT, command).expectSuccess();
    }

    /** The kubeconfig's certificate would win over a token. */
    private static Shell.Outcome with(String token, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Lab.repository().resolve("dist/target/kvorum/bin/kubectl").toString(),
                "--kubeconfig=/dev/null",
                "--server=https://" + lab.address("h1") + ":6443",
                "--insecure-skip-tls-verify",
                "--token=" + token.strip()));
        command.addAll(List.of(arguments));
        return server.shell().run(SOON, command);
    }

    private static Shell.Outcome serverSide(String manifest, String... flags) {
        List<String> arguments = new ArrayList<>(List.of("apply", "--server-side", "-f", "-"));
        arguments.addAll(List.of(flags));
        return server.kubectlWith(manifest, arguments.toArray(String[]::new));
    }

    private static String data(String name) {
        return server.kubectl("get", "configmap", name, "-o", "jsonpath={.data}");
    }

    private static String map(String name, String data) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s}
                data: %s
                """.formatted(name, data);
    }
}
