package io.kvorum.node.config;

import io.kvorum.node.config.Option.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What was set, by option name, after flags, files and environment are merged: a flag beats a file, a file a variable. */
public final class Settings {
    private final Map<String, List<String>> values = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Settings() {}

    /**
     * Merges all sources. Problems are kept until {@link #refuseIfProblematic}.
     *
     * @param files reads the configuration files once it is known which
     */
    public static Settings merge(
            OptionTable table, List<String> arguments, Map<String, String> environment, ConfigurationFiles files) {
        var settings = new Settings();
        Map<String, List<String>> flags = CommandLineFlags.parse(table, arguments, settings.problems);
        Map<String, List<String>> variables = settings.fromEnvironment(table, environment);
        Optional<String> file = Optional.ofNullable(flags.getOrDefault("config", variables.get("config")))
                .map(List::getLast);
        settings.values.putAll(variables);
        settings.values.putAll(files.read(table, file, settings.problems, settings.warnings));
        settings.values.putAll(flags);
        settings.warnOfWhatDoesNothing(table);
        return settings;
    }

    private Map<String, List<String>> fromEnvironment(OptionTable table, Map<String, String> environment) {
        Map<String, List<String>> found = new TreeMap<>();
        table.options()
                .forEach(option -> option.variables().stream()
                        .map(environment::get)
                        .filter(value -> value != null && !value.isEmpty())
                        .findFirst()
                        .ifPresent(value -> found.put(option.name(), split(option, value))));
        return found;
    }

    static List<String> split(Option option, String value) {
        return option.kind() == Kind.LIST
                ? Arrays.stream(value.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList()
                : List.of(value);
    }

    private void warnOfWhatDoesNothing(OptionTable table) {
        values.forEach((name, given) -> table.find(name).ifPresent(option -> warnings.addAll(option.warnings(given))));
    }

    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    void problem(String text) {
        problems.add(text);
    }

    public boolean isSet(String name) {
        return values.containsKey(name);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(List::getLast);
    }

    public String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    public List<String> list(String name) {
        return values.getOrDefault(name, List.of());
    }

    public boolean isOn(String name) {
        return text(name)
                .map(value -> switch (value) {
                    case "true", "1", "t", "T", "TRUE", "True" -> true;
                    case "false", "0", "f", "F", "FALSE", "False" -> false;
                    default -> {
                        problem("--%s is true or false, not \"%s\"".formatted(name, value));
                        yield false;
                    }
                })
                .orElse(false);
    }

    public int port(String name, int otherwise) {
        return parsed(
                name,
                text -> {
                    int port = Integer.parseInt(text);
                    if (port < 1 || port > 65535) {
                        throw new IllegalArgumentException(text);
                    }
                    return port;
                },
                "a port from 1 to 65535",
                otherwise);
    }

    /** Parses a value; what does not parse becomes a problem and counts as not given. */
    public <T> T parsed(String name, Function<String, T> parser, String expected, T otherwise) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return parser.apply(text.get());
        } catch (IllegalArgumentException e) {
            problem("--%s must be %s, not \"%s\"".formatted(name, expected, text.get()));
            return otherwise;
        }
    }

    /** @throws ConfigurationProblems all of them at once, if there are any */
    public void refuseIfProblematic() {
        if (!problems.isEmpty()) {
            throw new ConfigurationProblems(problems);
        }
    }
}
