package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MemberUpdateRequest;
import io.etcd.jetcd.api.MemberUpdateResponse;
import io.kvorum.etcdctl.print.GoText;
import io.kvorum.etcdctl.session.Session;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code member update}: updates a member in the cluster. */
@Command(
        name = "update",
        customSynopsis = "member update <memberID> [options]",
        description = "Updates a member in the cluster")
final class MemberUpdateCommand extends Act {

    @Option(names = "--peer-urls", description = "comma separated peer URLs for the updated member.")
    private String peerUrls = "";

    MemberUpdateCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "member ID is not provided");
        long id = memberId(argument(0));
        demand(!peerUrls.isEmpty(), "member peer urls not provided");
        MemberUpdateRequest request = MemberUpdateRequest.newBuilder()
                .setID(id)
                .addAllPeerURLs(List.of(peerUrls.split(",", -1)))
                .build();
        MemberUpdateResponse answer = session.write(channel -> cluster(channel).memberUpdate(request));
        String clusterId = GoText.wideId(answer.getHeader().getClusterId());
        session.printer().done(answer, "Member %s updated in cluster %s".formatted(GoText.wideId(id), clusterId));
    }
}
