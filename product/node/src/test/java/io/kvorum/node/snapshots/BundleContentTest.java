package io.kvorum.node.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleContentTest {
    @TempDir
    private Path folder;

    @Test
    void configurationAndManifestsComeToTheOtherMachineWithoutTheAddressesOfTheFirst() throws IOException {
        BundleContent.Folders from = folders("from");
        write(
                from.config().resolve("config.yaml"),
                "server: https://10.0.0.1:6443\nnode-ip:\n  - 10.0.0.2\ntls-san: [a]\n");
        write(from.config().resolve("config.yaml.d/10.yaml"), "debug: true\n");
        write(from.manifests().resolve("shop/web.yaml"), "kind: Deployment\n");

        BundleContent content =
                BundleContent.parse(BundleContent.of("K10x::server:p", from).toBytes());
        BundleContent.Folders to = folders("to");
        content.put(to, note -> {});

        assertThat(content.token()).isEqualTo("K10x::server:p");
        assertThat(to.config().resolve("config.yaml")).hasContent("""
                        # of the machine that was saved: server: https://10.0.0.1:6443
                        # of the machine that was saved: node-ip:
                        # of the machine that was saved:   - 10.0.0.2
                        tls-san: [a]
                        """);
        assertThat(to.config().resolve("config.yaml.d/10.yaml")).hasContent("debug: true\n");
        assertThat(to.manifests().resolve("shop/web.yaml")).hasContent("kind: Deployment\n");
        assertThat(content.toString()).doesNotContain("K10x");
    }

    @Test
    void aFileThatIsThereAndDiffersStays() throws IOException {
        BundleContent.Folders to = folders("to");
        write(to.config().resolve("registries.yaml"), "mine");
        List<String> notes = new ArrayList<>();

        new BundleContent("t", new TreeMap<>(Map.of("config/registries.yaml", "theirs"))).put(to, notes::add);

        assertThat(to.config().resolve("registries.yaml")).hasContent("mine");
        assertThat(to.config().resolve("registries.yaml.from-bundle")).hasContent("theirs");
        assertThat(notes).hasSize(1);
    }

    @Test
    void aNameThatLeadsElsewhereIsLeftOut() {
        String evil =
                "{\"token\":\"t\",\"files\":{\"config/../../x\":\"eA==\",\"/etc/x\":\"eA==\",\"config/y\":\"eA==\"}}";

        assertThat(BundleContent.parse(evil.getBytes(StandardCharsets.UTF_8))
                        .files()
                        .keySet())
                .containsExactly("config/y");
    }

    private BundleContent.Folders folders(String name) {
        return new BundleContent.Folders(
                folder.resolve(name).resolve("config"), folder.resolve(name).resolve("manifests"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
