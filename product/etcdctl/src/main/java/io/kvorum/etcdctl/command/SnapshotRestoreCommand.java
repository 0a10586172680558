package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code snapshot restore}: restores an etcd member snapshot to an etcd directory. */
@Command(
        name = "restore",
        customSynopsis = "snapshot restore <filename> [options]",
        description = "Restores an etcd member snapshot to an etcd directory")
final class SnapshotRestoreCommand extends Act {
    SnapshotRestoreCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "snapshot restore requires exactly one argument");
        throw new Failure(
                Failure.Code.BAD_FEATURE,
                "the bundled etcdctl makes no data directories. To restore into this cluster, stop all servers, run "
                        + "`kvorum server --cluster-reset --cluster-reset-restore-path=%s` on one of them, and join the"
                                .formatted(argument(0))
                        + " others again with empty folders. For an etcd of its own: `etcdutl snapshot restore`.");
    }
}
