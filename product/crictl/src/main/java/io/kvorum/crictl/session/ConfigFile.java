package io.kvorum.crictl.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The settings kept in {@code crictl.yaml}; a value. Options that the file does not name have their default. */
public final class ConfigFile {
    /** Each option with its default, in the order in which they are shown. */
    private static final Map<String, String> DEFAULTS = defaults();

    private final Map<String, String> values;

    private ConfigFile(Map<String, String> values) {
        this.values = values;
    }

    private static Map<String, String> defaults() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("runtime-endpoint", "");
        all.put("image-endpoint", "");
        all.put("timeout", "0");
        all.put("debug", "false");
        all.put("pull-image-on-create", "false");
        all.put("disable-pull-on-run", "false");
        all.put("max-retries", "3");
        return all;
    }

    public static ConfigFile empty() {
        return new ConfigFile(DEFAULTS);
    }

    /** Reads it; one that is not there is empty. Options that this program does not know are left alone. */
    public static ConfigFile read(Path file) {
        try {
            Object tree = new Load(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
            Map<String, String> values = new LinkedHashMap<>(DEFAULTS);
            if (tree instanceof Map<?, ?> settings) {
                settings.forEach((key, value) -> {
                    if (value != null) {
                        values.put(String.valueOf(key), String.valueOf(value));
                    }
                });
            }
            return new ConfigFile(values);
        } catch (NoSuchFileException absent) {
            return empty();
        } catch (IOException | YamlEngineException failure) {
            throw new Failure("cannot read the configuration %s: %s".formatted(file, failure.getMessage()));
        }
    }

    public void write(Path file) {
        StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append("%s: %s%n".formatted(key, value.isEmpty() ? "\"\"" : value)));
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, text);
        } catch (IOException failure) {
            throw new Failure("cannot write the configuration %s: %s".formatted(file, failure.getMessage()));
        }
    }

    public Map<String, String> all() {
        Map<String, String> known = new LinkedHashMap<>();
        DEFAULTS.keySet().forEach(key -> known.put(key, text(key)));
        return known;
    }

    public String option(String key) {
        demandKnown(key);
        return text(key);
    }

    public ConfigFile with(String key, String value) {
        demandKnown(key);
        boolean fits = switch (key) {
            case "timeout", "max-retries" -> value.matches("-?\\d{1,9}");
            case "debug", "pull-image-on-create", "disable-pull-on-run" -> value.matches("true|false");
            default -> true;
        };
        if (!fits) {
            throw new Failure("%s cannot be \"%s\"".formatted(key, value));
        }
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(key, value);
        return new ConfigFile(changed);
    }

    String text(String key) {
        return values.getOrDefault(key, "");
    }

    boolean truth(String key) {
        return text(key).equals("true");
    }

    private static void demandKnown(String key) {
        if (!DEFAULTS.containsKey(key)) {
            throw new Failure("no configuration option named %s; there are %s"
                    .formatted(key, String.join(", ", DEFAULTS.keySet())));
        }
    }
}
