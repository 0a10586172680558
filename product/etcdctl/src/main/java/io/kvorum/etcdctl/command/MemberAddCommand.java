package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberAddResponse;
import io.kvorum.etcdctl.print.GoText;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Session;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code member add}: adds a member into the cluster. */
@Command(
        name = "add",
        customSynopsis = "member add <memberName> [options]",
        description = "Adds a member into the cluster")
final class MemberAddCommand extends Act {

    @Option(
            names = "--learner",
            arity = "0..1",
            fallbackValue = "true",
            description = "indicates if the new member is raft learner")
    private boolean learner;

    @Option(names = "--peer-urls", description = "comma separated peer URLs for the new member.")
    private String peerUrls = "";

    MemberAddCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(!arguments().isEmpty(), "member name not provided");
        demand(arguments().size() == 1, "too many arguments");
        demand(!peerUrls.isEmpty(), "member peer urls not provided");
        MemberAddRequest request = MemberAddRequest.newBuilder()
                .addAllPeerURLs(List.of(peerUrls.split(",", -1)))
                .setIsLearner(learner)
                .build();
        MemberAddResponse answer = session.write(channel -> cluster(channel).memberAdd(request));
        String clusterId = GoText.wideId(answer.getHeader().getClusterId());
        Printer printer = session.printer();
        printer.done(
                answer,
                "Member %s added to cluster %s"
                        .formatted(GoText.wideId(answer.getMember().getID()), clusterId));
        if (printer.simple()) {
            printVariables(answer);
        }
    }

    /** What the new member's etcd has to be started with. */
    private void printVariables(MemberAddResponse answer) {
        List<String> cluster = new ArrayList<>();
        for (Member each : answer.getMembersList()) {
            String name = each.getID() == answer.getMember().getID() ? argument(0) : each.getName();
            each.getPeerURLsList().forEach(url -> cluster.add(name + "=" + url));
        }
        session.out().println();
        session.out().println("ETCD_NAME=\"%s\"".formatted(argument(0)));
        session.out().println("ETCD_INITIAL_CLUSTER=\"%s\"".formatted(String.join(",", cluster)));
        session.out().println("ETCD_INITIAL_ADVERTISE_PEER_URLS=\"%s\"".formatted(peerUrls));
        session.out().println("ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
    }
}
