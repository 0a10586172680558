package io.kvorum.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code etcd-snapshot}: backups of the cluster's store. */
@Command(
        name = "etcd-snapshot",
        mixinStandardHelpOptions = true,
        description = "Save, list, verify and delete snapshots of the cluster's store.",
        subcommands = {
            SnapshotSaveCommand.class,
            SnapshotListCommand.class,
            SnapshotDeleteCommand.class,
            SnapshotPruneCommand.class,
            SnapshotVerifyCommand.class,
            SnapshotShowCommand.class,
            SnapshotDiffCommand.class,
            SnapshotRestoreCommand.class
        })
final class SnapshotCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
