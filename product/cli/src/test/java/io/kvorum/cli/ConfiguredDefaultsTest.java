package io.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

final class ConfiguredDefaultsTest {
    @TempDir
    private Path folder;

    private ConfiguredDefaults of(String configuration, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), configuration);
        return new ConfiguredDefaults(
                environment,
                () -> Settings.merge(OptionTable.server(), List.of(), environment, new ConfigurationFiles(file)));
    }

    private static OptionSpec option(String... names) {
        return OptionSpec.builder(names).build();
    }

    @Test
    void aCommandFindsTheServerWhereItsConfigurationPutsIt() throws Exception {
        ConfiguredDefaults defaults = of("data-dir: /mnt/k3s\nhttps-listen-port: 7443\n", Map.of());

        assertThat(defaults.defaultValue(option("--data-dir", "-d"))).isEqualTo("/mnt/k3s");
        assertThat(defaults.defaultValue(option("--server", "--etcd-server"))).isEqualTo("https://127.0.0.1:7443");
        assertThat(defaults.defaultValue(option("--name"))).isNull();
    }

    @Test
    void whatTheConfigurationDoesNotSayIsLeftToTheCommand() throws Exception {
        ConfiguredDefaults defaults = of("token: [unclosed\n", Map.of());

        assertThat(defaults.defaultValue(option("--data-dir", "-d"))).isNull();
        assertThat(defaults.defaultValue(option("-s", "--server"))).isNull();
    }

    @Test
    void aServerNamedByTheEnvironmentIsAnother() throws Exception {
        ConfiguredDefaults defaults = of("https-listen-port: 7443\n", Map.of("K3S_URL", "https://192.0.2.1:6443"));

        assertThat(defaults.defaultValue(option("-s", "--server"))).isNull();
    }
}
