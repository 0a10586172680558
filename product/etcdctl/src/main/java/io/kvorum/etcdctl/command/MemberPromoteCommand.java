package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberPromoteResponse;
import io.kvorum.etcdctl.print.GoText;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code member promote}: promotes a non-voting member in the cluster. */
@Command(
        name = "promote",
        customSynopsis = "member promote <memberID>",
        description = "Promotes a non-voting member in the cluster")
final class MemberPromoteCommand extends Act {
    MemberPromoteCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "member ID is not provided");
        long id = memberId(argument(0));
        MemberPromoteRequest request =
                MemberPromoteRequest.newBuilder().setID(id).build();
        MemberPromoteResponse answer = session.write(channel -> cluster(channel).memberPromote(request));
        String clusterId = GoText.wideId(answer.getHeader().getClusterId());
        session.printer().done(answer, "Member %s promoted in cluster %s".formatted(GoText.wideId(id), clusterId));
    }
}
