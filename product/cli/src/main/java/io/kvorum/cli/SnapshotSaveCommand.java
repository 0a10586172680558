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

/** {@code etcd-snapshot save}. */
@Command(name = "save", mixinStandardHelpOptions = true, description = "Save a snapshot now and verify it.")
final class SnapshotSaveCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Option(names = "--name", paramLabel = "NAME", description = "First part of its name (default on-demand).")
    private @Nullable String name;

    @Option(
            names = {"--snapshot-compress", "--etcd-snapshot-compress"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Compress it.")
    private @Nullable Boolean isCompressed;

    @Option(
            names = {"--snapshot-retention", "--etcd-snapshot-retention"},
            paramLabel = "COUNT",
            description = "How many of this name to keep (default 10, or the server's setting if that is more).")
    private @Nullable Integer retention;

    @Override
    public Integer call() {
        ObjectNode request = flags.request("save");
        if (name != null) {
            request.putArray("name").add(name);
        }
        if (isCompressed != null) {
            request.put("compress", isCompressed);
        }
        if (retention != null) {
            request.put("retention", retention);
        }
        JsonNode result = flags.ask(request, spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        result.path("created").forEach(each -> out.println("Snapshot " + each.asString() + " saved."));
        result.path("deleted").forEach(each -> out.println("Snapshot " + each.asString() + " deleted."));
        out.flush();
        return SnapshotFlags.bucketOutcome(result, spec.commandLine().getErr());
    }
}
