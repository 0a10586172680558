package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.CompactionRequest;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.GoNumbers;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code compaction}: compacts the event history in etcd. */
@Command(
        name = "compaction",
        customSynopsis = "compaction [options] <revision>",
        description = "Compacts the event history in etcd")
final class CompactionCommand extends Act {

    @Option(
            names = "--physical",
            arity = "0..1",
            fallbackValue = "true",
            description = "'true' to wait for compaction to physically remove all old revisions")
    private boolean physical;

    CompactionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "compaction command needs 1 argument");
        long revision = revision(argument(0));
        CompactionRequest request = CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(physical)
                .build();
        var _ = session.write(channel -> kv(channel).compact(request));
        session.out().println("compacted revision " + revision);
    }

    private static long revision(String text) {
        try {
            return GoNumbers.parseInt(text, 10);
        } catch (GoNumbers.Malformed e) {
            throw Failure.error(e.reason());
        }
    }
}
