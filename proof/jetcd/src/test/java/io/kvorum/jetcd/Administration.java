package io.kvorum.jetcd;

import static io.kvorum.jetcd.Transcript.bytes;
import static io.kvorum.jetcd.Transcript.text;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Cluster;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Maintenance;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.cluster.MemberAddResponse;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.maintenance.AlarmType;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/** The steps of upkeep, members and users; used by one thread. */
final class Administration {
    /** From then on records hold the numbers of leases, which differ. */
    private static final long BEFORE_LEASES = 18;

    private final Client client;
    private final List<String> endpoints;
    private final Transcript seen;

    Administration(Client client, List<String> endpoints, Transcript seen) {
        this.client = client;
        this.endpoints = endpoints;
        this.seen = seen;
    }

    void upkeep() {
        Maintenance maintenance = client.getMaintenanceClient();
        List<Integer> hashes = new ArrayList<>();
        List<Long> leaders = new ArrayList<>();
        List<String> leading = new ArrayList<>();
        for (String endpoint : endpoints) {
            seen.step("status", maintenance.statusMember(endpoint), answer -> {
                leaders.add(answer.getLeader());
                if (answer.getLeader() == answer.getHeader().getMemberId()) {
                    leading.add(endpoint);
                }
                return answer.getDbSize() > 0 && !answer.isLearner();
            });
            seen.step("hash", maintenance.hashKV(endpoint, BEFORE_LEASES), answer -> {
                hashes.add(answer.getHash());
                return answer.getCompacted();
            });
            seen.step("defragment", maintenance.defragmentMember(endpoint), answer -> "done");
        }
        seen.note("leaders", new HashSet<>(leaders).size());
        // The same history has the same hash, whoever keeps it.
        seen.note("hashes", new HashSet<>(hashes));
        seen.step(
                "alarms", maintenance.listAlarms(), answer -> answer.getAlarms().size());
        seen.step(
                "disarm",
                maintenance.alarmDisarm(new AlarmMember(leaders.getFirst(), AlarmType.NOSPACE)),
                answer -> answer.getAlarms().size());
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        seen.step("snapshot", maintenance.snapshot(snapshot), bytes -> bytes == snapshot.size() && bytes % 512 == 32);
        try (Client leader =
                Client.builder().endpoints(leading.toArray(String[]::new)).build()) {
            seen.step("move leader nowhere", leader.getMaintenanceClient().moveLeader(12345), answer -> "done");
        }
    }

    void members() {
        Cluster cluster = client.getClusterClient();
        seen.step(
                "members",
                cluster.listMember(),
                answer -> answer.getMembers().stream()
                        .map(Member::getName)
                        .sorted()
                        .toList());
        URI learner = URI.create("http://127.0.0.1:1");
        MemberAddResponse added = seen.step(
                "add learner",
                cluster.addMember(List.of(learner), true),
                answer -> answer.getMember().isLearner() + " "
                        + answer.getMembers().size());
        long id = Objects.requireNonNull(added).getMember().getId();
        // With just the same addresses etcd answers otherwise within the same second than later.
        List<URI> overlapping = List.of(URI.create("http://127.0.0.1:3"), learner);
        seen.step(
                "same address",
                cluster.addMember(overlapping, true),
                answer -> answer.getMembers().size());
        seen.step("promote early", cluster.promoteMember(id), answer -> "done");
        seen.step(
                "update",
                cluster.updateMember(id, List.of(URI.create("http://127.0.0.1:2"))),
                answer -> answer.getMembers().stream()
                        .filter(member -> member.getId() == id)
                        .map(Member::getPeerURIs)
                        .toList());
        seen.step(
                "remove",
                cluster.removeMember(id),
                answer -> answer.getMembers().size());
        seen.step(
                "remove again",
                cluster.removeMember(id),
                answer -> answer.getMembers().size());
        seen.step("update none", cluster.updateMember(77, List.of(learner)), answer -> answer);
        seen.step("promote none", cluster.promoteMember(77), answer -> answer);
    }

    void users() {
        Auth auth = client.getAuthClient();
        seen.step("enable too early", auth.authEnable(), answer -> "done");
        seen.step("role", auth.roleAdd(bytes("reader")), answer -> "done");
        seen.step("role again", auth.roleAdd(bytes("reader")), answer -> "done");
        seen.step(
                "permission",
                auth.roleGrantPermission(bytes("reader"), bytes("k"), bytes("l"), Permission.Type.READ),
                answer -> "done");
        seen.step(
                "other permission",
                auth.roleGrantPermission(bytes("reader"), bytes("x"), bytes("y"), Permission.Type.READWRITE),
                answer -> "done");
        seen.step(
                "role shown",
                auth.roleGet(bytes("reader")),
                answer -> answer.getPermissions().stream()
                        .map(one -> one.getPermType() + " " + text(one.getKey()) + " " + text(one.getRangeEnd()))
                        .toList());
        seen.step(
                "revoke permission",
                auth.roleRevokePermission(bytes("reader"), bytes("x"), bytes("y")),
                answer -> "done");
        seen.step("user", auth.userAdd(bytes("ann"), bytes("pass")), answer -> "done");
        seen.step("user again", auth.userAdd(bytes("ann"), bytes("pass")), answer -> "done");
        seen.step("password", auth.userChangePassword(bytes("ann"), bytes("word")), answer -> "done");
        seen.step("grant", auth.userGrantRole(bytes("ann"), bytes("reader")), answer -> "done");
        seen.step("grant none", auth.userGrantRole(bytes("ann"), bytes("none")), answer -> "done");
        seen.step("user shown", auth.userGet(bytes("ann")), answer -> answer.getRoles());
        seen.step("users", auth.userList(), answer -> answer.getUsers());
        seen.step("roles", auth.roleList(), answer -> answer.getRoles());
        seen.step("root", auth.userAdd(bytes("root"), bytes("secret")), answer -> "done");
        seen.step("root's role", auth.userGrantRole(bytes("root"), bytes("root")), answer -> "done");
        seen.step("enable", auth.authEnable(), answer -> "done");
        restricted();
        try (Client root = as("root", "secret")) {
            seen.step("disable", root.getAuthClient().authDisable(), answer -> "done");
        }
        seen.step("revoke", auth.userRevokeRole(bytes("ann"), bytes("reader")), answer -> "done");
        seen.step("delete user", auth.userDelete(bytes("ann")), answer -> "done");
        seen.step("delete role", auth.roleDelete(bytes("reader")), answer -> "done");
        seen.step("delete role again", auth.roleDelete(bytes("reader")), answer -> "done");
    }

    private Client as(String user, String password) {
        return Client.builder()
                .endpoints(endpoints.toArray(String[]::new))
                .user(bytes(user))
                .password(bytes(password))
                .build();
    }

    private void restricted() {
        seen.step("nobody reads", client.getKVClient().get(bytes("k1")), answer -> answer.getCount());
        try (Client ann = as("ann", "word")) {
            KV kv = ann.getKVClient();
            seen.step("ann reads", kv.get(bytes("k1")), answer -> answer.getCount());
            seen.step("ann reads more", kv.get(bytes("z")), answer -> answer.getCount());
            seen.step("ann writes", kv.put(bytes("k1"), bytes("x")), answer -> "done");
            seen.step("ann lists users", ann.getAuthClient().userList(), answer -> answer.getUsers());
        }
        try (Client root = as("root", "secret")) {
            seen.step("root writes", root.getKVClient().put(bytes("k1"), bytes("x")), answer -> "done");
            seen.step("root lists users", root.getAuthClient().userList(), answer -> answer.getUsers());
        }
    }
}
