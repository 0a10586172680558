package io.kvorum.supervisor;

import io.kvorum.http.Exchange;
import io.kvorum.supervisor.StoreMembers.JoinRefused;
import io.kvorum.supervisor.StoreMembers.StoreMember;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code /db/info} shows the members of the store as K3s does, {@code /db/join} takes one in; any thread. */
final class MemberPages {
    private final StoreMembers members;

    MemberPages(StoreMembers members) {
        this.members = members;
    }

    void info(Exchange exchange) throws IOException {
        Replies.requireMethod(exchange, "GET");
        Replies.json(exchange, document(members.all()));
    }

    void join(Exchange exchange) throws IOException {
        Replies.requireMethod(exchange, "POST");
        JsonNode request = body(exchange);
        String node = request.path("node").asString("");
        String id = request.path("ID").asString("");
        if (node.isEmpty() || !id.matches("[0-9a-f]{1,16}")) {
            throw new Refusal(400, "a server that joins must tell its node's name and its member's ID (hex digits)");
        }
        var newcomer = new StoreMember(
                id,
                request.path("name").asString(""),
                strings(request.path("peerURLs")),
                strings(request.path("clientURLs")),
                true);
        try {
            Replies.json(exchange, document(members.join(node, newcomer)));
        } catch (JoinRefused e) {
            throw new Refusal(e.isPermanent() ? 409 : 503, String.valueOf(e.getMessage()));
        }
    }

    private static JsonNode body(Exchange exchange) throws IOException {
        try {
            return JsonMapper.shared().readTree(exchange.body());
        } catch (JacksonException e) {
            throw new Refusal(400, "the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private ObjectNode document(List<StoreMember> all) {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.put("clusterID", members.clusterId());
        var list = document.putArray("members");
        for (StoreMember member : all) {
            ObjectNode item = list.addObject();
            // etcd's JSON: an unsigned number
            item.put("ID", new BigInteger(member.id(), 16));
            item.put("name", member.name());
            member.peerUrls().forEach(item.putArray("peerURLs")::add);
            member.clientUrls().forEach(item.putArray("clientURLs")::add);
            if (member.isLearner()) {
                item.put("isLearner", true);
            }
        }
        return document;
    }
}
