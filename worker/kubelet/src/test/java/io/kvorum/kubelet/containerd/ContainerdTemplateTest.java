package io.kvorum.kubelet.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdTemplateTest {
    private static final String BASE = "version = 2\nroot = \"/a$1\"\n";

    @TempDir
    private Path folder;

    private String rendered(String template) throws IOException {
        Files.writeString(folder.resolve("config.toml.tmpl"), template);
        return ContainerdTemplate.render(folder.resolve("config.toml"), BASE);
    }

    @Test
    void aTemplateMayAddToWhatIsThereAnyway() throws IOException {
        assertThat(rendered("{{- /* ours */ -}}\n{{ template \"base\" . }}\n[debug]\n  level = \"info\"\n"))
                .isEqualTo("\n" + BASE + "\n[debug]\n  level = \"info\"\n");
    }

    @Test
    void aWholeFileTakesItsPlace() throws IOException {
        assertThat(rendered("version = 2\n")).isEqualTo("version = 2\n");
    }

    @Test
    void whatIsNotUnderstoodOrForAnotherVersionChangesNothing() throws IOException {
        assertThat(rendered("{{ template \"base\" . }}\n{{ if .IsRunningInUserNS }}x{{ end }}\n"))
                .isEqualTo(BASE);
        Files.delete(folder.resolve("config.toml.tmpl"));
        Files.writeString(folder.resolve("config-v3.toml.tmpl"), "version = 3\n");
        assertThat(ContainerdTemplate.render(folder.resolve("config.toml"), BASE))
                .isEqualTo(BASE);
    }

    @Test
    void containerdsOwnProxiesAreSpelledAsItKnowsThem() {
        assertThat(Containerd.ownVariables(Map.of(
                        "CONTAINERD_HTTPS_PROXY",
                        "http://proxy:3128",
                        "HTTPS_PROXY",
                        "http://other",
                        "CONTAINERD_",
                        "x")))
                .containsExactly(Map.entry("HTTPS_PROXY", "http://proxy:3128"));
    }
}
