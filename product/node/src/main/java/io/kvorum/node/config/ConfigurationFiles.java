package io.kvorum.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** {@code config.yaml} and then {@code config.yaml.d/*.yaml} in the order of their names; the last file counts. */
public final class ConfigurationFiles {
    private static final int LIMIT_BYTES = 1 << 20;

    private final Path defaultFile;

    public ConfigurationFiles(Path defaultFile) {
        this.defaultFile = defaultFile;
    }

    Map<String, List<String>> read(
            OptionTable table, Optional<String> named, List<String> problems, List<String> warnings) {
        Path first = named.map(Path::of).orElse(defaultFile);
        Map<String, List<String>> values = new TreeMap<>();
        if (named.isPresent() && !Files.exists(first)) {
            problems.add("the configuration file %s does not exist".formatted(first));
        }
        for (Path file : inOrder(first, problems)) {
            read(file, table, values, problems, warnings);
        }
        return values;
    }

    private static List<Path> inOrder(Path first, List<String> problems) {
        List<Path> files = new ArrayList<>();
        if (Files.exists(first)) {
            files.add(first);
        }
        Path folder = first.resolveSibling(first.getFileName() + ".d");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                entries.filter(ConfigurationFiles::isYaml).sorted().forEach(files::add);
            } catch (IOException e) {
                problems.add("cannot list %s: %s".formatted(folder, e.getMessage()));
            }
        }
        return files;
    }

    private static boolean isYaml(Path file) {
        return file.toString().endsWith(".yaml") || file.toString().endsWith(".yml");
    }

    private static void read(
            Path file,
            OptionTable table,
            Map<String, List<String>> values,
            List<String> problems,
            List<String> warnings) {
        Object document;
        try {
            if (Files.size(file) > LIMIT_BYTES) {
                problems.add("%s is larger than %d bytes".formatted(file, LIMIT_BYTES));
                return;
            }
            document = new Load(LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
        } catch (NoSuchFileException e) {
            return; // removed since it was listed
        } catch (IOException e) {
            problems.add("cannot read %s: %s".formatted(file, e.getMessage()));
            return;
        } catch (YamlEngineException e) {
            problems.add("%s is not valid YAML: %s".formatted(file, onOneLine(e)));
            return;
        }
        switch (document) {
            case null -> {}
            case Map<?, ?> map ->
                map.forEach((key, value) -> take(file, String.valueOf(key), value, table, values, problems, warnings));
            default -> problems.add("%s must hold keys and values, such as \"token: secret\"".formatted(file));
        }
    }

    private static String onOneLine(YamlEngineException e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
    }

    private static void take(
            Path file,
            String key,
            @Nullable Object value,
            OptionTable table,
            Map<String, List<String>> values,
            List<String> problems,
            List<String> warnings) {
        boolean appends = key.endsWith("+");
        String name = appends ? key.substring(0, key.length() - 1) : key;
        Option option = table.find(name).orElse(null);
        if (option == null) {
            // as K3s: the same file may serve servers, agents and other versions
            warnings.add("%s: %s"
                    .formatted(file, CommandLineFlags.unknown(table, name).replace("--", "")));
            return;
        }
        List<String> given = texts(option, value);
        if (appends && option.isRepeatable()) {
            List<String> all = new ArrayList<>(values.getOrDefault(option.name(), List.of()));
            all.addAll(given);
            values.put(option.name(), all);
        } else if (given.size() > 1 && !option.isRepeatable()) {
            problems.add("%s: %s takes one value, not a list".formatted(file, name));
        } else if (!given.isEmpty()) {
            values.put(option.name(), given);
        }
    }

    private static List<String> texts(Option option, @Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list ->
                list.stream()
                        .flatMap(item -> Settings.split(option, String.valueOf(item)).stream())
                        .toList();
            default -> Settings.split(option, String.valueOf(value));
        };
    }
}
