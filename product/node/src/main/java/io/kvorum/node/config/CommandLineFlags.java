package io.kvorum.node.config;

import io.kvorum.node.config.Option.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.TreeMap;

/** Reads flags as K3s does: {@code --name value}, {@code --name=value}, one dash or two. */
final class CommandLineFlags {
    private CommandLineFlags() {}

    static Map<String, List<String>> parse(OptionTable table, List<String> arguments, List<String> problems) {
        Map<String, List<String>> values = new TreeMap<>();
        ListIterator<String> rest = arguments.listIterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            if (!argument.startsWith("-") || argument.equals("-")) {
                problems.add("\"%s\" is not a flag; flags begin with --".formatted(argument));
                continue;
            }
            int equals = argument.indexOf('=');
            String flag =
                    argument.substring(argument.startsWith("--") ? 2 : 1, equals < 0 ? argument.length() : equals);
            Option option = table.find(flag).orElse(null);
            if (option == null) {
                problems.add(unknown(table, flag));
                skipValue(equals, rest);
            } else if (equals >= 0) {
                add(values, option, argument.substring(equals + 1));
            } else if (option.kind() == Kind.SWITCH) {
                add(values, option, "true");
            } else if (rest.hasNext()) {
                add(values, option, rest.next());
            } else {
                problems.add("--%s needs a value".formatted(flag));
            }
        }
        return values;
    }

    static String unknown(OptionTable table, String flag) {
        String hint = NearestSpelling.of(flag, table.options().map(Option::name))
                .map(nearest -> "; did you mean --" + nearest + "?")
                .orElse("; --help lists all flags");
        return "unknown flag --" + flag + hint;
    }

    /** Whether an unknown flag takes a value cannot be known; one problem is enough, so a bare word behind it is left out. */
    private static void skipValue(int equals, ListIterator<String> rest) {
        if (equals < 0 && rest.hasNext() && rest.next().startsWith("-")) {
            rest.previous();
        }
    }

    private static void add(Map<String, List<String>> values, Option option, String value) {
        if (option.isRepeatable()) {
            values.computeIfAbsent(option.name(), name -> new ArrayList<>()).addAll(Settings.split(option, value));
        } else {
            values.put(option.name(), List.of(value));
        }
    }
}
