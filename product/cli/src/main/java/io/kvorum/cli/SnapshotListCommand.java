package io.kvorum.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etcd-snapshot list}. */
@Command(
        name = "list",
        aliases = {"ls", "l"},
        mixinStandardHelpOptions = true,
        description = "List snapshots.")
final class SnapshotListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or yaml.")
    private String format;

    @Override
    public Integer call() {
        DocumentFormat chosen = DocumentFormat.of(format);
        JsonNode list = flags.ask(flags.request("list"), spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        switch (chosen) {
            case TABLE -> table(list, out);
            case JSON, YAML -> out.println(chosen.text(list));
        }
        out.flush();
        return SnapshotFlags.bucketOutcome(list, spec.commandLine().getErr());
    }

    private static void table(JsonNode list, PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Name", "Location", "Size", "Created"));
        list.path("items")
                .forEach(each -> rows.add(List.of(
                        each.path("spec").path("snapshotName").asString(""),
                        each.path("spec").path("location").asString(""),
                        each.path("status").path("size").asString(""),
                        each.path("status").path("creationTime").asString(""))));
        int[] widths = new int[4];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        String line = "%-" + widths[0] + "s %-" + widths[1] + "s %-" + widths[2] + "s %s";
        rows.forEach(row -> out.println(line.formatted(row.toArray())));
    }
}
