package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that gets its images by what its {@code registries.yaml} says. */
class PrivateRegistryTest {
    private static final String SUBNET = "10.96.0";

    @TempDir
    static Path folder;

    private static Lab lab;
    private static OneServer server;
    private static PrivateRegistry registry;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("privat", SUBNET, 1);
        registry = PrivateRegistry.start(
                folder,
                Lab.repository().resolve("dist/target/kvorum/images/busybox.tar"),
                SUBNET + ".253",
                "till:open sesame");
        Path settings = Files.createDirectories(lab.path("h1", "/etc/rancher/k3s"));
        Files.copy(folder.resolve("registry.pem"), settings.resolve("registry.pem"));
        Files.writeString(settings.resolve("registries.yaml"), """
                mirrors:
                  registry.example.com:
                    endpoint: ["https://%1$s"]
                configs:
                  "%1$s":
                    auth: {username: till, password: open sesame}
                    tls: {ca_file: /etc/rancher/k3s/registry.pem}
                """.formatted(registry.authority()));
        server = OneServer.start(lab);
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (registry != null) {
            registry.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void anImageComesFromTheMirrorWithItsCredentialsAndAuthority() {
        server.kubectl("run", "till", "--image=registry.example.com/shop/till:1", "--", "sleep", "3600");
        server.kubectl("wait", "--for=condition=Ready", "pod/till", "--timeout=60s");
        assertThat(server.kubectl("describe", "pod", "till")).contains("Successfully pulled image");
    }

    @Test
    void nobodyElseReadsTheCredentials() throws IOException {
        Path file = lab.path("h1", "/var/lib/rancher/k3s/agent/etc/containerd/config.toml");
        assertThat(Files.readString(file)).contains("open sesame");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(server.log()).doesNotContain("open sesame");
    }
}
