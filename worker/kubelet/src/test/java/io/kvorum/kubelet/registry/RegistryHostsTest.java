package io.kvorum.kubelet.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryHostsTest {
    @TempDir
    Path folder;

    private Path file;
    private Path hosts;

    @BeforeEach
    void name() {
        file = folder.resolve("registries.yaml");
        hosts = folder.resolve("certs.d");
    }

    @Test
    void withoutTheFileNothingIsChanged() throws IOException {
        RegistryHosts none = RegistryHosts.of(file);
        none.writeInto(hosts);
        assertThat(hosts).isEmptyDirectory();
        assertThat(none.credentialsToml()).isEmpty();
    }

    @Test
    void mirrorsAreAskedInOrderBeforeTheRegistryItself() throws IOException {
        write("""
                mirrors:
                  docker.io:
                    endpoint:
                      - "https://mirror.local:5000"
                      - http://10.0.0.9:5000/v2/proxy
                """);
        assertThat(toml("docker.io")).isEqualTo("""
                # Written at every start from registries.yaml.
                server = "https://registry-1.docker.io"

                [host."https://mirror.local:5000"]
                  capabilities = ["pull", "resolve"]

                [host."http://10.0.0.9:5000/v2/proxy"]
                  capabilities = ["pull", "resolve"]
                  override_path = true
                """);
    }

    @Test
    void allOtherRegistriesMayHaveAMirrorToo() throws IOException {
        write("""
                mirrors:
                  "*": {endpoint: [mirror.local]}
                """);
        assertThat(toml("_default")).doesNotContain("server").contains("[host.\"https://mirror.local\"]");
    }

    @Test
    void authoritiesAndCertificatesStandWithTheHostTheyAreFor() throws IOException {
        write("""
                mirrors:
                  registry.local: {endpoint: ["https://mirror.local:5000"]}
                configs:
                  mirror.local:5000:
                    tls: {ca_file: /etc/ca.pem, cert_file: /etc/c.pem, key_file: /etc/k.pem}
                  registry.local:
                    tls: {insecure_skip_verify: true}
                """);
        assertThat(toml("registry.local")).isEqualTo("""
                # Written at every start from registries.yaml.
                server = "https://registry.local"
                skip_verify = true

                [host."https://mirror.local:5000"]
                  capabilities = ["pull", "resolve"]
                  ca = ["/etc/ca.pem"]
                  client = [["/etc/c.pem", "/etc/k.pem"]]
                """);
        assertThat(toml("mirror.local:5000")).contains("ca = [\"/etc/ca.pem\"]");
    }

    @Test
    void credentialsGoIntoTheRuntimesOwnFile() throws IOException {
        write("""
                configs:
                  registry.local:
                    auth: {username: till, password: 'se"cret'}
                """);
        RegistryHosts read = RegistryHosts.of(file);
        assertThat(read.credentialsToml()).isEqualTo("""

                [plugins."io.containerd.grpc.v1.cri".registry.configs."registry.local".auth]
                  password = "se\\"cret"
                  username = "till"
                """);
        assertThat(read.files().get("registry.local")).doesNotContain("cret");
    }

    @Test
    void aRegistryThatIsNamedNoMoreIsForgottenAndOthersFilesStay() throws IOException {
        write("mirrors: {a.local: {endpoint: [m.local]}}");
        RegistryHosts.of(file).writeInto(hosts);
        Path own = Files.createDirectories(hosts.resolve("own.local")).resolve("hosts.toml");
        Files.writeString(own, "server = \"https://own.local\"\n");

        write("mirrors: {b.local: {endpoint: [m.local]}}");
        RegistryHosts.of(file).writeInto(hosts);

        assertThat(hosts.resolve("a.local/hosts.toml")).doesNotExist();
        assertThat(hosts.resolve("b.local/hosts.toml")).exists();
        assertThat(own).exists();
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() throws IOException {
        write("mirrors: [a]");
        assertThatThrownBy(() -> RegistryHosts.of(file))
                .isInstanceOf(RegistriesUnreadable.class)
                .hasMessage(file + ": mirrors must hold keys and values");
        write("mirrors: {a: {endpoint: ['ftp://x']}}");
        assertThatThrownBy(() -> RegistryHosts.of(file)).hasMessageContaining("mirrors.a: endpoint must be a URL");
        write("configs: {a: {tls: {cert_file: x}}}");
        assertThatThrownBy(() -> RegistryHosts.of(file)).hasMessageContaining("belong together");
        write("mirrors: {../../x: {endpoint: [m.local]}}");
        assertThatThrownBy(() -> RegistryHosts.of(file)).hasMessageContaining("a registry is a host");
        write("mirrors: {a: {");
        assertThatThrownBy(() -> RegistryHosts.of(file)).hasMessageContaining("is not valid YAML");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }

    private String toml(String name) throws IOException {
        RegistryHosts.of(file).writeInto(hosts);
        return Files.readString(hosts.resolve(name).resolve("hosts.toml"));
    }
}
