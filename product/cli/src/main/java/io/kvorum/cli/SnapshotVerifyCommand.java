package io.kvorum.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etcd-snapshot verify}: reads a snapshot through without a server. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Read a snapshot through: its checksum, its pages, every record of it. Needs no server.")
final class SnapshotVerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Parameters(paramLabel = "SNAPSHOT", description = "A file, a name, the beginning of one, or a date.")
    private String snapshot;

    @Override
    public Integer call() {
        var local = flags.local(spec.commandLine().getErr());
        Path file = local.find(snapshot);
        JsonNode seen = local.inspect(file);
        PrintWriter out = spec.commandLine().getOut();
        out.println("%s is whole: revision %d, hash %s, %d objects, %d nodes"
                .formatted(
                        file.getFileName(),
                        seen.path("revision").asLong(),
                        seen.path("hash").asString(),
                        seen.path("objectCount").asLong(),
                        seen.path("nodes").size()));
        out.flush();
        return 0;
    }
}
