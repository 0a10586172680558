package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** The command {@code snapshot status}: gets backend snapshot status of a given file. */
@Command(
        name = "status",
        customSynopsis = "snapshot status <filename>",
        description = "Gets backend snapshot status of a given file")
final class SnapshotStatusCommand extends Act {
    SnapshotStatusCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "snapshot status requires exactly one argument");
        if (!Files.exists(Path.of(argument(0)))) {
            throw Failure.error("stat " + argument(0) + ": no such file or directory");
        }
        throw new Failure(
                Failure.Code.BAD_FEATURE,
                "the bundled etcdctl cannot look into snapshot files; `snapshot save` checks what it saves");
    }
}
