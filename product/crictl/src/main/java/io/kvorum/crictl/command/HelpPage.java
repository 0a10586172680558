package io.kvorum.crictl.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A command's help, with the headings of crictl. */
final class HelpPage {
    private static final String INDENT = "   ";

    private HelpPage() {}

    static void print(CommandLine line, PrintStream out) {
        CommandSpec spec = line.getCommandSpec();
        boolean root = spec.parent() == null;
        String[] arguments = spec.usageMessage().customSynopsis();
        out.println("NAME:\n%s%s - %s\n".formatted(INDENT, spec.qualifiedName(), description(spec)));
        out.println("USAGE:\n%s%s"
                .formatted(
                        INDENT,
                        root
                                ? "crictl [global options] command [command options] [arguments...]\n"
                                : spec.qualifiedName() + " [command options] "
                                        + (arguments.length == 0 ? "" : arguments[0]) + "\n"));
        if (root) {
            out.println("VERSION:\n%s%s\n".formatted(INDENT, CommandTree.VERSION));
            Map<String, String> commands = new TreeMap<>();
            line.getSubcommands()
                    .values()
                    .forEach(each -> commands.put(
                            String.join(", ", names(each.getCommandSpec())), description(each.getCommandSpec())));
            section(out, "COMMANDS:", commands);
        }
        String[] footer = spec.usageMessage().footer();
        if (footer.length > 0) {
            out.println("DESCRIPTION:");
            Arrays.stream(footer).forEach(each -> out.println(INDENT + each));
            out.println();
        }
        section(out, root ? "GLOBAL OPTIONS:" : "OPTIONS:", options(spec));
    }

    static List<String> names(CommandSpec spec) {
        List<String> names = new ArrayList<>(List.of(spec.name()));
        names.addAll(List.of(spec.aliases()));
        return names;
    }

    static String description(CommandSpec spec) {
        return String.join(" ", spec.usageMessage().description());
    }

    private static Map<String, String> options(CommandSpec spec) {
        Map<String, String> rows = new TreeMap<>();
        for (OptionSpec each : spec.options()) {
            List<String> names = new ArrayList<>(List.of(each.names()));
            names.sort(Comparator.comparingInt(String::length).reversed());
            String value = each.arity().max() == 0 ? "" : " value";
            rows.put(String.join(", ", names) + value, String.join(" ", each.description()));
        }
        return rows;
    }

    private static void section(PrintStream out, String heading, Map<String, String> rows) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        out.println(heading);
        rows.forEach((name, text) -> out.println(INDENT + name + " ".repeat(width - name.length() + 2) + text));
        out.println();
    }
}
