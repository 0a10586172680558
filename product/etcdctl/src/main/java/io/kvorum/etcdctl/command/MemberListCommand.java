package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MemberListRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code member list}: lists all members in the cluster. */
@Command(name = "list", customSynopsis = "member list", description = "Lists all members in the cluster")
final class MemberListCommand extends Act {
    MemberListCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        MemberListRequest request =
                MemberListRequest.newBuilder().setLinearizable(true).build();
        session.printer().members(session.read(channel -> cluster(channel).memberList(request)));
    }
}
