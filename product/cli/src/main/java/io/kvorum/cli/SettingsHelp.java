package io.kvorum.cli;

import io.kvorum.node.config.Option;
import io.kvorum.node.config.Option.Kind;
import io.kvorum.node.config.Option.Standing;
import io.kvorum.node.config.OptionTable;
import java.io.PrintWriter;

/** Prints every setting of a command, group by group. */
final class SettingsHelp {
    private SettingsHelp() {}

    static void print(OptionTable table, String usage, PrintWriter out) {
        out.println(usage);
        out.println("Settings come from flags, then /etc/rancher/k3s/config.yaml (same names), then the environment.");
        for (OptionTable.Group group : table.groups()) {
            out.println();
            out.println(group.title() + ":");
            group.options().forEach(option -> out.printf("  %-40s %s%n", flag(option), text(option)));
        }
        out.flush();
    }

    private static String flag(Option option) {
        String shorts = String.join(
                "", option.aliases().stream().map(alias -> ", -" + alias).toList());
        return "--" + option.name() + shorts + (option.kind() == Kind.SWITCH ? "" : " VALUE");
    }

    private static String text(Option option) {
        String variables = option.variables().isEmpty() ? "" : " [$" + String.join(", $", option.variables()) + "]";
        String standing = option.standing() == Standing.ACCEPTED ? " (accepted, does nothing yet)" : "";
        return option.help() + variables + standing;
    }
}
