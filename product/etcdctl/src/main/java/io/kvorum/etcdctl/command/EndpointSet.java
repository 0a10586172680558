package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The endpoints a command goes to one by one: those given, or with {@code --cluster} those of all members. */
final class EndpointSet {
    private EndpointSet() {}

    static List<String> of(Act act, boolean cluster) {
        if (!cluster) {
            return act.session.flags().endpoints();
        }
        MemberListRequest request = MemberListRequest.getDefaultInstance();
        MemberListResponse members =
                act.session.read(channel -> act.cluster(channel).memberList(request));
        Set<String> urls = new LinkedHashSet<>();
        members.getMembersList().forEach(each -> urls.addAll(each.getClientURLsList()));
        return new ArrayList<>(urls);
    }
}
