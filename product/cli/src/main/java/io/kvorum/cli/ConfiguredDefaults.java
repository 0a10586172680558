package io.kvorum.cli;

import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where this machine's server is, as its configuration file says, for commands that are not told. A file that cannot be read
 * or understood says nothing. One thread.
 */
final class ConfiguredDefaults implements IDefaultValueProvider {
    private final Map<String, String> environment;
    private final Supplier<Settings> reading;
    private @Nullable Settings settings;

    ConfiguredDefaults(Map<String, String> environment, Supplier<Settings> reading) {
        this.environment = Map.copyOf(environment);
        this.reading = reading;
    }

    static ConfiguredDefaults of(Map<String, String> environment) {
        var files = new ConfigurationFiles(Path.of("/etc/rancher/k3s/config.yaml"));
        return new ConfiguredDefaults(
                environment, () -> Settings.merge(OptionTable.server(), List.of(), environment, files));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? switch (option.longestName()) {
                    case "--data-dir" -> settings().text("data-dir").orElse(null);
                    case "--server", "--etcd-server" -> server().orElse(null);
                    default -> null;
                }
                : null;
    }

    /** Of a server that listens elsewhere than usual. */
    private Optional<String> server() {
        return environment.containsKey("K3S_URL")
                ? Optional.empty()
                : settings().text("https-listen-port").map(port -> "https://127.0.0.1:" + port);
    }

    private Settings settings() {
        Settings read = settings;
        if (read == null) {
            read = reading.get();
            settings = read;
        }
        return read;
    }
}
