package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MemberRemoveResponse;
import io.kvorum.etcdctl.print.GoText;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code member remove}: removes a member from the cluster. */
@Command(
        name = "remove",
        customSynopsis = "member remove <memberID>",
        description = "Removes a member from the cluster")
final class MemberRemoveCommand extends Act {
    MemberRemoveCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "member ID is not provided");
        long id = memberId(argument(0));
        MemberRemoveRequest request = MemberRemoveRequest.newBuilder().setID(id).build();
        MemberRemoveResponse answer = session.write(channel -> cluster(channel).memberRemove(request));
        String clusterId = GoText.wideId(answer.getHeader().getClusterId());
        session.printer().done(answer, "Member %s removed from cluster %s".formatted(GoText.wideId(id), clusterId));
    }
}
