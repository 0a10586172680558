package io.kvorum.cli;

import io.kvorum.node.snapshots.SnapshotRefused;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etcd-snapshot restore --dry-run}: what a restore would do, without doing it. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Show what restoring a snapshot would bring; the restore itself is server --cluster-reset.")
final class SnapshotRestoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Option(names = "--dry-run", description = "Change nothing.")
    private boolean isDryRun;

    @Parameters(paramLabel = "SNAPSHOT", description = "A file, a name, the beginning of one, or a date.")
    private String snapshot;

    @Override
    public Integer call() {
        var local = flags.local(spec.commandLine().getErr());
        var file = local.find(snapshot);
        String command = "server --cluster-reset --cluster-reset-restore-path=" + file;
        if (!isDryRun) {
            throw new SnapshotRefused("stop this server and all others, then run: %s %s"
                    .formatted(spec.root().name(), command));
        }
        JsonNode seen = local.inspect(file, flags.password());
        PrintWriter out = spec.commandLine().getOut();
        SnapshotShowCommand.table(seen, out);
        out.println();
        out.println("Nothing was changed. To restore it, stop all servers and run:");
        out.println("  " + spec.root().name() + " " + command);
        out.flush();
        return 0;
    }
}
