package io.kvorum.cli;

import io.kvorum.node.snapshots.FoundSnapshot;
import io.kvorum.node.snapshots.LocalSnapshots;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etcd-snapshot verify}: reads a snapshot through without a server. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Read a snapshot through: its checksum, its pages, every record of it, and try the token. Needs no server.",
            "Exit code 1 when it is damaged, or needs another token than this machine's or the one given."
        })
final class SnapshotVerifyCommand implements Callable<Integer> {
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
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        JsonNode seen;
        try (FoundSnapshot found = flags.find(snapshot, err)) {
            seen = flags.inspect(found, err);
            switch (DocumentFormat.of(format)) {
                case TABLE -> {
                    out.println("%s is whole.".formatted(found.file().getFileName()));
                    SnapshotShowCommand.table(seen, out);
                }
                case JSON, YAML -> out.println(DocumentFormat.of(format).text(seen));
            }
        }
        out.flush();
        return seen.path("token").asString("").startsWith(LocalSnapshots.UNFIT) ? 1 : 0;
    }
}
