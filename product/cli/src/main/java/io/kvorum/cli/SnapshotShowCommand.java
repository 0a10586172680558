package io.kvorum.cli;

import io.kvorum.node.snapshots.FoundSnapshot;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etcd-snapshot show}: what is in a snapshot. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show what a restore of a snapshot would bring. Needs no server.")
final class SnapshotShowCommand implements Callable<Integer> {
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

    @Parameters(paramLabel = "SNAPSHOT", description = "A file, a name, the beginning of one, or a date.")
    private String snapshot;

    @Override
    public Integer call() {
        DocumentFormat chosen = DocumentFormat.of(format);
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        try (FoundSnapshot found = flags.find(snapshot, err)) {
            JsonNode seen = flags.inspect(found, err);
            switch (chosen) {
                case TABLE -> table(seen, out);
                case JSON, YAML -> out.println(chosen.text(seen));
            }
        }
        out.flush();
        return 0;
    }

    static void table(JsonNode seen, PrintWriter out) {
        line(out, "file", seen.path("file").asString());
        line(out, "taken", seen.path("taken").asString());
        line(out, "cluster", seen.path("cluster").asString());
        line(out, "hash", seen.path("hash").asString());
        line(out, "revision", seen.path("revision").asString());
        line(out, "compacted up to", seen.path("compacted").asString());
        line(out, "entries", seen.path("entries").asString());
        line(out, "bytes", seen.path("bytes").asString());
        line(out, "leases", seen.path("leases").asString());
        line(out, "nodes", list(seen.path("nodes")));
        line(out, "authorities inside", seen.path("bootstrapData").isEmpty() ? "no" : "yes, sealed to the token");
        line(out, "token", seen.path("token").asString());
        line(out, "objects", atMost(seen) + seen.path("objectCount").asString());
        seen.path("objects")
                .properties()
                .forEach(each -> line(out, "  " + each.getKey(), each.getValue().asString()));
        line(out, "other keys", atMost(seen) + seen.path("otherKeys").asString());
    }

    /** Of very many keys not all are told apart, and one that was written twice may be counted twice. */
    private static String atMost(JsonNode seen) {
        return seen.path("exact").asBoolean() ? "" : "at most ";
    }

    private static String list(JsonNode array) {
        var text = new StringBuilder();
        array.forEach(each -> text.append(text.isEmpty() ? "" : ", ").append(each.asString()));
        return text.isEmpty() ? "none" : text.toString();
    }

    private static void line(PrintWriter out, String name, String value) {
        out.println("%-40s %s".formatted(name, value));
    }
}
