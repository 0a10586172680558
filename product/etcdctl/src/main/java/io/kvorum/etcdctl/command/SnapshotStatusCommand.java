package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/**
 * The command {@code snapshot status}: reads a snapshot through and tells its hash, revision, keys and size. It takes a
 * snapshot only if it matches the checksum at its end, and a copy of a database file, which has none, as it is.
 */
@Command(
        name = "status",
        customSynopsis = "snapshot status <filename>",
        description = "Gets backend snapshot status of a given file")
final class SnapshotStatusCommand extends Act {
    private static final int PAGE_BYTES = 512;
    private static final int HASH_BYTES = 32;

    SnapshotStatusCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "snapshot status requires exactly one argument");
        Path path = Path.of(argument(0));
        if (!Files.exists(path)) {
            throw Failure.error("stat " + argument(0) + ": no such file or directory");
        }
        try (SnapshotFile file = open(path)) {
            session.printer().snapshot(file.status());
        } catch (IOException | SnapshotDamaged | SnapshotInaccessible e) {
            throw Failure.error(String.valueOf(e.getMessage()));
        }
    }

    private static SnapshotFile open(Path path) throws IOException {
        return Files.size(path) % PAGE_BYTES == HASH_BYTES
                ? SnapshotFile.open(path)
                : SnapshotFile.openUnverified(path);
    }
}
