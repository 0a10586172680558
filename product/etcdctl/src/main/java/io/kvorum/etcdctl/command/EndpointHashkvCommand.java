package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.HashKVRequest;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.print.EndpointHash;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import io.kvorum.etcdctl.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code endpoint hashkv}: the hash of each endpoint's history. */
@Command(
        name = "hashkv",
        customSynopsis = "endpoint hashkv",
        description = "Prints the KV history hash for each endpoint in --endpoints")
final class EndpointHashkvCommand extends Act {
    @Option(
            names = "--cluster",
            arity = "0..1",
            fallbackValue = "true",
            description = "use all endpoints from the cluster member list")
    private boolean cluster;

    @Option(names = "--rev", description = "maximum revision to hash (default: latest revision)")
    private long revision;

    EndpointHashkvCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        Printer printer = session.printer();
        HashKVRequest request = HashKVRequest.newBuilder().setRevision(revision).build();
        List<EndpointHash> found = new ArrayList<>();
        String last = "";
        for (String endpoint : EndpointSet.of(this, cluster)) {
            try (Wire wire = session.connect(List.of(endpoint))) {
                found.add(new EndpointHash(
                        endpoint, wire.read(channel -> maintenance(channel).hashKV(request))));
            } catch (StatusRuntimeException e) {
                last = Failures.text(e);
                session.err().println("Failed to get the hash of endpoint %s (%s)".formatted(endpoint, last));
            }
        }
        printer.hashes(found);
        if (!last.isEmpty()) {
            throw Failure.error(last);
        }
    }
}
