package io.kvorum.snapshot;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.FrozenState;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogPosition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The state of a running store as the content of a snapshot: histories, leases, users and alarms byte for byte as they
 * lie in the store, members and single facts in etcd's own words. Used by one thread, as long as the state is open.
 */
public final class StoreContent implements SnapshotContent {
    private final FrozenState state;

    public StoreContent(FrozenState state) {
        this.state = state;
    }

    @Override
    public void scan(EtcdBucket bucket, Visitor visitor) {
        switch (bucket) {
            case KEY -> state.scan(Table.RECORDS, visitor::visit);
            case LEASE -> state.scan(Table.LEASES, visitor::visit);
            case ALARM -> state.scan(Table.ALARMS, visitor::visit);
            case AUTH -> state.scan(Table.AUTH, visitor::visit);
            case AUTH_USERS -> state.scan(Table.USERS, visitor::visit);
            case AUTH_ROLES -> state.scan(Table.ROLES, visitor::visit);
            case MEMBERS -> show(members(), visitor);
            case META -> show(facts().ofMeta(), visitor);
            case CLUSTER -> show(facts().ofCluster(), visitor);
            case MEMBERS_REMOVED -> {}
        }
    }

    private static void show(Map<Bytes, Bytes> ascending, Visitor visitor) {
        ascending.forEach(visitor::visit);
    }

    /** Without versions, which a restoring etcd would compare with its own: it settles them anew at its first start. */
    private SnapshotFacts facts() {
        LogPosition applied = state.applied();
        return new SnapshotFacts(
                applied.index(),
                applied.term(),
                state.compacted(),
                state.swept(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(confState()));
    }

    private Bytes confState() {
        String json = "{\"voters\":[%s],\"auto_leave\":false}".formatted(ids(false));
        return Bytes.utf8(
                ids(true).isEmpty()
                        ? json
                        : json.replace("],\"auto", "],\"learners\":[%s],\"auto".formatted(ids(true))));
    }

    private String ids(boolean isLearner) {
        return state.members().stream()
                .filter(member -> member.isLearner() == isLearner)
                .map(member -> Long.toUnsignedString(member.id().value()))
                .collect(Collectors.joining(","));
    }

    private SortedMap<Bytes, Bytes> members() {
        SortedMap<Bytes, Bytes> members = new TreeMap<>(Comparator.naturalOrder());
        for (ClusterMember member : state.members()) {
            members.put(Bytes.utf8(Long.toHexString(member.id().value())), Bytes.utf8(json(member)));
        }
        return members;
    }

    private static String json(ClusterMember member) {
        StringBuilder json = new StringBuilder("{\"id\":")
                .append(Long.toUnsignedString(member.id().value()))
                .append(",\"peerURLs\":")
                .append(texts(member.peerUrls()));
        if (member.isLearner()) {
            json.append(",\"isLearner\":true");
        }
        if (!member.name().isEmpty()) {
            json.append(",\"name\":").append(text(member.name()));
        }
        if (!member.clientUrls().isEmpty()) {
            json.append(",\"clientURLs\":").append(texts(member.clientUrls()));
        }
        return json.append('}').toString();
    }

    private static String texts(List<String> values) {
        return values.stream().map(StoreContent::text).collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        value.chars().forEach(letter -> {
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append((char) letter);
            } else if (letter < ' ') {
                quoted.append("\\u%04x".formatted(letter));
            } else {
                quoted.append((char) letter);
            }
        });
        return quoted.append('"').toString();
    }
}
