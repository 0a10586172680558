package io.kvorum.etcdctl.print;

import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.StatusResponse;
import io.kvorum.snapshot.SnapshotStatus;
import java.util.List;

/** The rows which the table and the simple format share. */
final class Rows {
    static final List<String> MEMBER_HEADINGS =
            List.of("ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner");
    static final List<String> HEALTH_HEADINGS = List.of("endpoint", "health", "took", "error");
    static final List<String> STATUS_HEADINGS = List.of(
            "endpoint",
            "ID",
            "version",
            "db size",
            "is leader",
            "is learner",
            "raft term",
            "raft index",
            "raft applied index",
            "errors");
    static final List<String> HASH_HEADINGS = List.of("endpoint", "hash");

    static final List<String> SNAPSHOT_HEADINGS = List.of("hash", "revision", "total keys", "total size");

    private Rows() {}

    static List<List<String>> members(MemberListResponse answer) {
        return answer.getMembersList().stream().map(Rows::member).toList();
    }

    private static List<String> member(Member member) {
        return List.of(
                GoText.shortId(member.getID()),
                member.getName().isEmpty() ? "unstarted" : "started",
                member.getName(),
                String.join(",", member.getPeerURLsList()),
                String.join(",", member.getClientURLsList()),
                String.valueOf(member.getIsLearner()));
    }

    static List<List<String>> health(List<EndpointHealth> endpoints) {
        return endpoints.stream()
                .map(each -> List.of(
                        each.endpoint(), String.valueOf(each.healthy()), GoText.duration(each.took()), each.error()))
                .toList();
    }

    static List<List<String>> status(List<EndpointStatus> endpoints) {
        return endpoints.stream()
                .map(each -> status(each.endpoint(), each.status()))
                .toList();
    }

    private static List<String> status(String endpoint, StatusResponse status) {
        return List.of(
                endpoint,
                GoText.shortId(status.getHeader().getMemberId()),
                status.getVersion(),
                GoText.size(status.getDbSize()),
                String.valueOf(status.getLeader() == status.getHeader().getMemberId()),
                String.valueOf(status.getIsLearner()),
                Long.toUnsignedString(status.getRaftTerm()),
                Long.toUnsignedString(status.getRaftIndex()),
                Long.toUnsignedString(status.getRaftAppliedIndex()),
                String.join(", ", status.getErrorsList()));
    }

    static List<String> snapshot(SnapshotStatus snapshot) {
        return List.of(
                snapshot.hashText(),
                Long.toString(snapshot.revision().value()),
                Long.toString(snapshot.totalKeys()),
                GoText.size(snapshot.totalBytes()));
    }

    static List<List<String>> hashes(List<EndpointHash> endpoints) {
        return endpoints.stream()
                .map(each -> List.of(
                        each.endpoint(), Integer.toUnsignedString(each.hash().getHash())))
                .toList();
    }
}
