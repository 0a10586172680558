package io.kvorum.bench;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The results as JSON, every round of them. Stateless; any thread. */
final class JsonReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private JsonReport() {}

    static String json(Results results, Surroundings surroundings) {
        ObjectNode root = MAPPER.createObjectNode();
        ObjectNode place = root.putObject("surroundings");
        surroundings.facts().forEach(place::put);
        root.set("kvorum", side(results, results.ours()));
        root.set("etcd", side(results, results.theirs()));
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static ObjectNode side(Results results, Results.Side side) {
        ObjectNode node = MAPPER.createObjectNode();
        ObjectNode load = node.putObject("load");
        for (Cell cell : results.cells()) {
            ArrayNode rounds = load.putArray(cell.title());
            side.rounds(cell).forEach(figures -> rounds.add(node(figures)));
        }
        node.set("fresh", node(side.fresh()));
        node.set("warm", node(side.warm()));
        ArrayNode failOvers = node.putArray("failOverMillis");
        side.failOvers().forEach(failOvers::add);
        ArrayNode errors = node.putArray("errors");
        side.errors().forEach(errors::add);
        return node;
    }

    private static ObjectNode node(Figures figures) {
        return MAPPER.createObjectNode()
                .put("perSecond", figures.perSecond())
                .put("p50Millis", figures.p50Millis())
                .put("p99Millis", figures.p99Millis())
                .put("cpuSecondsPer10000", figures.cpuSeconds())
                .put("loadCpuSecondsPer10000", figures.loadCpuSeconds())
                .put("writtenBytesPerOperation", figures.writtenBytes())
                .put("leaderResidentBytes", figures.leaderBytes())
                .put("followerResidentBytes", figures.followerBytes())
                .put("errors", figures.errors());
    }

    private static ObjectNode node(Idle idle) {
        return MAPPER.createObjectNode()
                .put("leaderCpuPercent", idle.leaderPercent())
                .put("followerCpuPercent", idle.followerPercent())
                .put("memberResidentBytes", idle.memberBytes());
    }
}
