package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.MoveLeaderResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Wire;
import java.util.List;
import picocli.CommandLine.Command;

/** The command {@code move-leader}: looks for the leader among the endpoints and asks it to go. */
@Command(
        name = "move-leader",
        customSynopsis = "move-leader <transferee-member-id>",
        description = "Transfers leadership to another etcd cluster member.")
final class MoveLeaderCommand extends Act {
    MoveLeaderCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "move-leader command needs 1 argument");
        long target = memberId(argument(0));
        MoveLeaderRequest request =
                MoveLeaderRequest.newBuilder().setTargetID(target).build();
        List<String> endpoints = session.flags().endpoints();
        for (String endpoint : endpoints) {
            try (Wire wire = session.connect(List.of(endpoint))) {
                StatusResponse status =
                        wire.read(channel -> maintenance(channel).status(StatusRequest.getDefaultInstance()));
                long leader = status.getHeader().getMemberId();
                if (leader == status.getLeader()) {
                    MoveLeaderResponse answer =
                            wire.write(channel -> maintenance(channel).moveLeader(request));
                    String moved = "Leadership transferred from %x to %x".formatted(leader, target);
                    session.printer().done(answer, moved);
                    return;
                }
            }
        }
        throw Failure.badArguments("no leader endpoint given at [" + String.join(" ", endpoints) + "]");
    }
}
