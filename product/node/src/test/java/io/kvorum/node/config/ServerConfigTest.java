package io.kvorum.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kvorum.snapshot.s3.S3Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
    @TempDir
    private Path folder;

    @Test
    void withoutSettingsTheDefaultsAreThoseOfK3s() {
        ServerConfig config = read(List.of(), Map.of());

        assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/rancher/k3s"));
        assertThat(config.listener().port()).isEqualTo(6443);
        assertThat(config.network().clusterDns()).isEqualTo("10.43.0.10");
        assertThat(config.kubeconfig().mode()).isNull();
        assertThat(config.node().name()).isEqualTo("box");
    }

    @Test
    void theEdgeFailOverProfileMustBeTheSameOnAllServers() {
        assertThat(read(List.of(), Map.of()).cluster().isEdgeFailOver()).isFalse();
        ServerConfig config = read(List.of("--edge-failover"), Map.of());

        assertThat(config.cluster().isEdgeFailOver()).isTrue();
        assertThat(config.cluster().critical()).containsEntry("edge-failover", "true");
    }

    @Test
    void aFlagBeatsTheFileAndTheFileBeatsAVariable() throws IOException {
        write("config.yaml", "node-name: from-file\ndata-dir: /file\ntls-san: [a, b]\n");

        ServerConfig config = read(
                List.of("--node-name", "from-flag"),
                Map.of("K3S_NODE_NAME", "from-variable", "K3S_DATA_DIR", "/variable", "K3S_TOKEN", "s3cret"));

        assertThat(config.node().name()).isEqualTo("from-flag");
        assertThat(config.dataDir()).isEqualTo(Path.of("/file"));
        assertThat(config.listener().tlsSans()).containsExactly("a", "b");
        assertThat(config.admission().token()).isEqualTo("s3cret");
    }

    @Test
    void aNodesNameMayEndInItsMachinesId() {
        assertThat(read(List.of("--with-node-id"), Map.of()).node().name()).isEqualTo("box-0123abcd");
        assertThat(read(List.of("--with-node-id", "--node-name", "shop"), Map.of())
                        .node()
                        .name())
                .isEqualTo("shop-0123abcd");
    }

    @Test
    void aNodeMayHaveAddressesForTheWorldOutside() {
        ServerConfig config = read(List.of("--node-external-ip", "198.51.100.7,2001:db8::7"), Map.of());

        assertThat(config.node().address()).isEqualTo("192.0.2.7");
        assertThat(config.node().externalAddresses()).containsExactly("198.51.100.7", "2001:db8:0:0:0:0:0:7");
        assertThatThrownBy(() -> read(List.of("--node-external-ip", "outside"), Map.of()))
                .hasMessageContaining("--node-external-ip must be an IP address, not \"outside\"");
    }

    @Test
    void furtherFilesReplaceValuesAndPlusAppends() throws IOException {
        write("config.yaml", "tls-san: [a]\nnode-label: [x=1]\n");
        write("config.yaml.d/10.yaml", "tls-san+: [b]\nnode-label: [y=2]\n");

        ServerConfig config = read(List.of(), Map.of());

        assertThat(config.listener().tlsSans()).containsExactly("a", "b");
        assertThat(config.node().labels()).containsExactly("y=2");
    }

    @Test
    void allProblemsAreReportedAtOnceWithTheNearestSpelling() {
        ConfigurationProblems problems = catchThrowableOfType(
                ConfigurationProblems.class,
                () -> read(
                        List.of(
                                "--tls-sam",
                                "x",
                                "--https-listen-port",
                                "70000",
                                "--write-kubeconfig-mode=9",
                                "--etcd-arg",
                                "quota"),
                        Map.of()));

        assertThat(problems.problems())
                .anySatisfy(text -> assertThat(text).contains("--tls-sam").contains("did you mean --tls-san?"))
                .anySatisfy(
                        text -> assertThat(text).contains("--https-listen-port").contains("70000"))
                .anySatisfy(text -> assertThat(text).contains("--write-kubeconfig-mode"))
                .anySatisfy(text -> assertThat(text).contains("--etcd-arg").contains("key=value"))
                .hasSize(4);
    }

    @Test
    void anOctalModeBecomesPermissions() {
        assertThat(read(List.of("--write-kubeconfig-mode", "644"), Map.of())
                        .kubeconfig()
                        .mode())
                .isEqualTo("rw-r--r--");
    }

    @Test
    void argumentsKeepTheirCommasAndMayCarryDashes() {
        ServerConfig config = read(
                List.of("--kube-apiserver-arg=--feature-gates=A=true,B=false", "--etcd-arg", "quota-backend-bytes=1"),
                Map.of());

        assertThat(config.apiserverArguments()).containsEntry("feature-gates", "A=true,B=false");
        assertThat(config.etcdArguments()).containsEntry("quota-backend-bytes", "1");
    }

    @Test
    void aKeyNobodyKnowsInAFileIsAWarningAndBrokenYamlAProblem() throws IOException {
        write("config.yaml", "node-nam: x\n");
        assertThat(settings(List.of(), Map.of()).warnings())
                .singleElement()
                .asString()
                .contains("node-nam")
                .contains("did you mean node-name?");

        write("config.yaml", "a: [unclosed\n");
        assertThatThrownBy(() -> read(List.of(), Map.of()))
                .isInstanceOf(ConfigurationProblems.class)
                .hasMessageContaining("not valid YAML");
    }

    @Test
    void anArgumentThatDoesNothingIsNotPassedOverInSilence() throws IOException {
        write("config.yaml", "kubelet-arg: [max-pods=50, eviction-hard=memory.available<5%]\nkube-proxy-arg: [v=2]\n");

        assertThat(settings(List.of("--kube-apiserver-arg=--audit-log-path=/audit"), Map.of())
                        .warnings())
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).startsWith("--kubelet-arg=eviction-hard is accepted but does nothing"),
                        text -> assertThat(text).startsWith("--kube-proxy-arg is accepted but does nothing"),
                        text -> assertThat(text).startsWith("--kube-apiserver-arg=audit-log-path is accepted but"));
    }

    @Test
    void leavingOutWhatIsNotHereNeedsNoWarning() {
        assertThat(settings(
                                List.of(
                                        "--disable",
                                        "traefik,servicelb",
                                        "--disable=metrics-server",
                                        "--disable-network-policy",
                                        "--disable-helm-controller"),
                                Map.of())
                        .warnings())
                .isEmpty();
        assertThat(settings(List.of("--disable=traefik,coredns", "--disable-etcd"), Map.of())
                        .warnings())
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).startsWith("--disable=coredns").contains("cluster DNS is part of"),
                        text -> assertThat(text)
                                .startsWith("--disable-etcd")
                                .contains("keeps a copy of the store and votes"));
    }

    @Test
    void anExternalDatastoreIsRefusedSinceAnEmptyClusterInItsPlaceWouldLookLikeALoss() {
        assertThatThrownBy(
                        () -> read(List.of(), Map.of("K3S_DATASTORE_ENDPOINT", "mysql://user:pass@tcp(db:3306)/k3s")))
                .isInstanceOf(ConfigurationProblems.class)
                .hasMessageContaining("--datastore-endpoint (K3S_DATASTORE_ENDPOINT) names an external datastore")
                .hasMessageNotContaining("pass@");
    }

    @Test
    void aNodesNameMayBeGivenInCapitals() {
        assertThat(read(List.of("--node-name", "Server-1"), Map.of()).node().name())
                .isEqualTo("server-1");
    }

    @Test
    void secretsDoNotShow() {
        assertThat(read(
                                List.of("--token", "s3cret", "--etcd-s3", "--etcd-s3-bucket=b"),
                                Map.of("AWS_ACCESS_KEY_ID", "s3cret", "AWS_SECRET_ACCESS_KEY", "s3cret"))
                        .toString())
                .doesNotContain("s3cret");
    }

    @Test
    void aBucketTakesItsKeysFromAmazonsVariables() {
        ServerConfig config = read(
                List.of("--etcd-s3", "--etcd-s3-bucket=b", "--etcd-s3-folder=/edge/", "--etcd-s3-timeout=90s"),
                Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "hidden", "AWS_SESSION_TOKEN", "session"));

        S3Settings settings = config.snapshots().s3().settings();
        assertThat(config.snapshots().isForS3()).isTrue();
        assertThat(settings.credentials()).contains(new S3Settings.Credentials("key", "hidden", "session"));
        assertThat(settings.place()).isEqualTo(new S3Settings.Place("b", "us-east-1", "edge"));
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void aBucketMustBeNamedUnlessASecretDoes() {
        assertThatThrownBy(() -> read(List.of("--etcd-s3"), Map.of()))
                .isInstanceOf(ConfigurationProblems.class)
                .hasMessageContaining("--etcd-s3-bucket");
        assertThat(read(List.of("--etcd-s3", "--etcd-s3-config-secret=s3"), Map.of())
                        .snapshots()
                        .s3()
                        .secret())
                .contains("s3");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Settings settings(List<String> arguments, Map<String, String> environment) {
        return Settings.merge(
                OptionTable.server(), arguments, environment, new ConfigurationFiles(folder.resolve("config.yaml")));
    }

    private ServerConfig read(List<String> arguments, Map<String, String> environment) {
        return ServerConfigReader.read(
                settings(arguments, environment), new Machine("box", () -> "192.0.2.7", () -> "0123abcd"));
    }
}
