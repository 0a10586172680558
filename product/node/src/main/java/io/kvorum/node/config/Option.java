package io.kvorum.node.config;

import java.util.List;

/**
 * One setting that can be given as a flag, in the configuration file or by a variable.
 *
 * @param name the long flag without dashes, which is also the key in the file
 * @param aliases further flags: one letter stands behind one dash
 * @param variables of the environment; the first one set counts
 * @param standing whether it acts in this version
 */
public record Option(
        String name, List<String> aliases, List<String> variables, Kind kind, String help, Standing standing) {
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
        ACCEPTED
    }

    public Option {
        aliases = List.copyOf(aliases);
        variables = List.copyOf(variables);
    }

    static Option acting(String name, Kind kind, String help, String... variables) {
        return new Option(name, List.of(), List.of(variables), kind, help, Standing.ACTS);
    }

    static Option accepted(String name, Kind kind, String help, String... variables) {
        return new Option(name, List.of(), List.of(variables), kind, help, Standing.ACCEPTED);
    }

    Option alias(String alias) {
        return new Option(name, List.of(alias), variables, kind, help, standing);
    }

    boolean isNamed(String flag) {
        return name.equals(flag) || aliases.contains(flag);
    }

    boolean isRepeatable() {
        return kind == Kind.LIST || kind == Kind.ARGUMENTS;
    }
}
