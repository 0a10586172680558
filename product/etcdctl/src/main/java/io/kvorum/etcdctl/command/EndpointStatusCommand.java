package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.StatusRequest;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.print.EndpointStatus;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import io.kvorum.etcdctl.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code endpoint status}: what each endpoint says about itself. */
@Command(
        name = "status",
        customSynopsis = "endpoint status",
        description = "Prints out the status of endpoints specified in `--endpoints` flag")
final class EndpointStatusCommand extends Act {
    @Option(
            names = "--cluster",
            arity = "0..1",
            fallbackValue = "true",
            description = "use all endpoints from the cluster member list")
    private boolean cluster;

    EndpointStatusCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        Printer printer = session.printer();
        List<EndpointStatus> found = new ArrayList<>();
        boolean failed = false;
        for (String endpoint : EndpointSet.of(this, cluster)) {
            try (Wire wire = session.connect(List.of(endpoint))) {
                found.add(new EndpointStatus(
                        endpoint,
                        wire.read(channel -> maintenance(channel).status(StatusRequest.getDefaultInstance()))));
            } catch (StatusRuntimeException e) {
                failed = true;
                session.err()
                        .println("Failed to get the status of endpoint %s (%s)".formatted(endpoint, Failures.text(e)));
            }
        }
        printer.status(found);
        if (failed) {
            throw Failure.silent(Failure.Code.ERROR.number());
        }
    }
}
