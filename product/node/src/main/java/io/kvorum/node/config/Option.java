package io.kvorum.node.config;

import java.util.List;
import java.util.function.Predicate;

/**
 * One setting that can be given as a flag, in the configuration file or by a variable.
 *
 * @param name the long flag without dashes, which is also the key in the file
 * @param aliases further flags: one letter stands behind one dash
 * @param variables of the environment; the first one set counts
 * @param standing whether it acts in this version
 * @param acting which of its values, or keys of its arguments, do something
 * @param consequence what it means that the setting, or such a value, does nothing; empty where that needs no words
 */
public record Option(
        String name,
        List<String> aliases,
        List<String> variables,
        Kind kind,
        String help,
        Standing standing,
        Predicate<String> acting,
        String consequence) {
    /** What values it takes. */
    public enum Kind {
        /** One value; the last one given counts. */
        VALUE,
        /** Like VALUE, but never shown. */
        SECRET,
        /** True when given without a value. */
        SWITCH,
        /** Several values: repeated, or separated by commas. */
        LIST,
        /** Several values that may hold commas: repeated only. */
        ARGUMENTS
    }

    /** Whether a setting does something. */
    public enum Standing {
        ACTS,
        /** Taken so that existing set-ups start, with a warning that it does nothing yet. */
        ACCEPTED,
        /** Leaves out what is not here anyway, so that there is nothing to warn of. */
        FULFILLED
    }

    public Option {
        aliases = List.copyOf(aliases);
        variables = List.copyOf(variables);
    }

    static Option acting(String name, Kind kind, String help, String... variables) {
        return of(name, kind, help, Standing.ACTS, variables);
    }

    static Option accepted(String name, Kind kind, String help, String... variables) {
        return of(name, kind, help, Standing.ACCEPTED, variables);
    }

    static Option fulfilled(String name, Kind kind, String help) {
        return of(name, kind, help, Standing.FULFILLED);
    }

    private static Option of(String name, Kind kind, String help, Standing standing, String... variables) {
        return new Option(name, List.of(), List.of(variables), kind, help, standing, value -> true, "");
    }

    Option alias(String alias) {
        return new Option(name, List.of(alias), variables, kind, help, standing, acting, consequence);
    }

    /** Only these values, or keys of arguments, act. */
    Option understanding(String... keys) {
        return new Option(name, aliases, variables, kind, help, standing, List.of(keys)::contains, consequence);
    }

    /** Only this value does nothing. */
    Option ignoring(String value) {
        return new Option(
                name,
                aliases,
                variables,
                kind,
                help,
                standing,
                Predicate.<String>isEqual(value).negate(),
                consequence);
    }

    Option meaning(String consequence) {
        return new Option(name, aliases, variables, kind, help, standing, acting, consequence);
    }

    boolean isNamed(String flag) {
        return name.equals(flag) || aliases.contains(flag);
    }

    /** What to warn of when these are its values. */
    List<String> warnings(List<String> values) {
        String end =
                " is accepted but does nothing in this version" + (consequence.isEmpty() ? "" : ": " + consequence);
        return switch (standing) {
            case FULFILLED -> List.of();
            case ACCEPTED -> List.of("--" + name + end);
            case ACTS ->
                values.stream()
                        .map(this::keyOf)
                        .filter(acting.negate())
                        .distinct()
                        .map(key -> "--" + name + "=" + key + end)
                        .toList();
        };
    }

    private String keyOf(String value) {
        String bare = value.startsWith("--") ? value.substring(2) : value;
        int equals = bare.indexOf('=');
        return kind == Kind.ARGUMENTS && equals > 0 ? bare.substring(0, equals) : bare;
    }

    boolean isRepeatable() {
        return kind == Kind.LIST || kind == Kind.ARGUMENTS;
    }
}
