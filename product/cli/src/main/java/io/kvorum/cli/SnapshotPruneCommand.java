package io.kvorum.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code etcd-snapshot prune}. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = "Delete all but the newest snapshots of a name.")
final class SnapshotPruneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Option(names = "--name", paramLabel = "NAME", description = "First part of the names (default on-demand).")
    private @Nullable String name;

    @Option(
            names = {"--snapshot-retention", "--etcd-snapshot-retention"},
            paramLabel = "COUNT",
            description = "How many to keep (default: the server's setting).")
    private @Nullable Integer retention;

    @Override
    public Integer call() {
        ObjectNode request = flags.request("prune");
        if (name != null) {
            request.putArray("name").add(name);
        }
        if (retention != null) {
            request.put("retention", retention);
        }
        JsonNode result = flags.ask(request, spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        result.path("deleted").forEach(each -> out.println("Snapshot " + each.asString() + " deleted."));
        out.flush();
        return SnapshotFlags.bucketOutcome(result, spec.commandLine().getErr());
    }
}
