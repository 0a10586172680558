package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.DefragmentRequest;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import io.kvorum.etcdctl.wire.Wire;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code defrag}: one member after the other. */
@Command(
        name = "defrag",
        customSynopsis = "defrag",
        description = "Defragments the storage of the etcd members with given endpoints")
final class DefragCommand extends Act {
    @Option(
            names = "--cluster",
            arity = "0..1",
            fallbackValue = "true",
            description = "use all endpoints from the cluster member list")
    private boolean cluster;

    @Option(names = "--data-dir", description = "a data directory not in use (not supported)")
    private String dataDir = "";

    DefragCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        if (!dataDir.isEmpty()) {
            throw new Failure(
                    Failure.Code.BAD_FEATURE, "the bundled etcdctl defragments running members only: drop --data-dir");
        }
        boolean failed = false;
        for (String endpoint : EndpointSet.of(this, cluster)) {
            try (Wire wire = session.connect(List.of(endpoint))) {
                var _ = wire.write(channel -> maintenance(channel).defragment(DefragmentRequest.getDefaultInstance()));
                session.out().println("Finished defragmenting etcd member[" + endpoint + "]");
            } catch (StatusRuntimeException e) {
                failed = true;
                session.err()
                        .println("Failed to defragment etcd member[%s] (%s)".formatted(endpoint, Failures.text(e)));
            }
        }
        if (failed) {
            throw Failure.silent(Failure.Code.ERROR.number());
        }
    }
}
