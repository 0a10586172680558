package io.kvorum.crictl.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Where this node keeps its data: {@code /var/lib/rancher/k3s} unless the operator moved it. */
public final class DataFolder {
    private static final Path USUAL = Path.of("/var/lib/rancher/k3s");
    private static final Path CONFIG = Path.of("/etc/rancher/k3s/config.yaml");

    private DataFolder() {}

    public static Path of(Map<String, String> environment) {
        String named = environment.getOrDefault("K3S_DATA_DIR", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        return Files.isReadable(CONFIG) ? configured(CONFIG) : USUAL;
    }

    /** What the server's own configuration says; a file that cannot be read counts as silent. */
    static Path configured(Path config) {
        try {
            String text = Files.readString(config);
            if (text.contains("data-dir")
                    && new Load(LoadSettings.builder().build()).loadFromString(text) instanceof Map<?, ?> settings
                    && settings.get("data-dir") instanceof String folder) {
                return Path.of(folder);
            }
            return USUAL;
        } catch (IOException | YamlEngineException unreadable) {
            return USUAL;
        }
    }
}
