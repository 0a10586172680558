package io.kvorum.etcdctl.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A command's help, with the headings of etcd's command line. */
final class HelpPage {
    private HelpPage() {}

    static void print(CommandLine line, PrintStream out) {
        CommandSpec spec = line.getCommandSpec();
        boolean root = spec.parent() == null;
        String path = spec.qualifiedName();
        out.println("NAME:");
        out.println("\t" + (root ? path : path.substring(path.indexOf(' ') + 1)) + " - "
                + String.join(" ", spec.usageMessage().description()));
        out.println();
        out.println("USAGE:");
        out.println("\t" + usage(spec, path));
        out.println();
        if (root) {
            out.println("VERSION:\n\t" + VersionCommand.VERSION + "\n");
            out.println("API VERSION:\n\t" + VersionCommand.apiVersion() + "\n\n");
        }
        Map<String, String> commands = new TreeMap<>();
        leaves(line, "", commands);
        if (!commands.isEmpty()) {
            section(out, "COMMANDS:", commands);
        }
        section(out, "OPTIONS:", options(spec, root));
        if (!root) {
            section(out, "GLOBAL OPTIONS:", options(spec, true));
        }
    }

    private static String usage(CommandSpec spec, String path) {
        String[] own = spec.usageMessage().customSynopsis();
        if (own.length > 0) {
            return "etcdctl " + own[0] + " [flags]";
        }
        return path + (spec.subcommands().isEmpty() || spec.parent() == null ? "" : " <subcommand>") + " [flags]";
    }

    private static void leaves(CommandLine line, String path, Map<String, String> commands) {
        line.getSubcommands().forEach((name, each) -> {
            if (each.getSubcommands().isEmpty()) {
                commands.put(
                        path + name,
                        String.join(" ", each.getCommandSpec().usageMessage().description()));
            } else {
                leaves(each, path + name + " ", commands);
            }
        });
    }

    private static Map<String, String> options(CommandSpec spec, boolean global) {
        Map<String, String> rows = new TreeMap<>();
        boolean root = spec.parent() == null;
        for (OptionSpec each : spec.options()) {
            boolean inherited = root || (each.inherited() && !each.usageHelp());
            if (inherited == global && !each.hidden()) {
                List<String> names = new ArrayList<>(List.of(each.names()));
                boolean single = names.size() == 1;
                rows.put((single ? "    " : "") + String.join(", ", names), String.join(" ", each.description()));
            }
        }
        return rows;
    }

    private static void section(PrintStream out, String heading, Map<String, String> rows) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        out.println(heading);
        rows.forEach((name, text) -> out.println("  " + name + " ".repeat(width - name.length() + 2) + text));
        out.println();
    }
}
