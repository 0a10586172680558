package io.kvorum.registry;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.registry.RegistryConfiguration.PortRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which node ports are taken: a bit per port in one value of the store, as upstream keeps it. Read, changed and given
 * back as a guarded write, so that two services never get the same port. One thread.
 */
final class NodePortMap {
    private static final Key KEY = Key.of("/registry/ranges/servicenodeports");
    private static final KeyRange SERVICES = KeyRange.prefix(Key.of("/registry/services/specs/"));
    private static final JsonMapper JSON = new JsonMapper();

    private final PortRange range;
    private final Revision readAt;
    private BigInteger taken;

    private NodePortMap(PortRange range, Revision readAt, BigInteger taken) {
        this.range = range;
        this.readAt = readAt;
        this.taken = taken;
    }

    static NodePortMap read(Store store, PortRange range) {
        List<KeyValue> items = store.range(new Operation.Range(KeyRange.single(KEY)), Consistency.LINEARIZABLE)
                .answer()
                .items();
        Revision readAt = items.isEmpty() ? Revision.ZERO : items.getFirst().modified();
        BigInteger known = items.isEmpty() ? null : decode(items.getFirst().value(), range);
        return new NodePortMap(range, readAt, known == null ? counted(store, range) : known);
    }

    /** Null when it is of another range or form, so that it must be counted anew. */
    private static @org.jspecify.annotations.Nullable BigInteger decode(Bytes value, PortRange range) {
        try {
            JsonNode json = JSON.readTree(value.toByteArray());
            return json.path("range").asString("").equals(range.toString())
                    ? new BigInteger(
                            1, Base64.getDecoder().decode(json.path("data").asString("")))
                    : null;
        } catch (JacksonException | IllegalArgumentException e) {
            return null;
        }
    }

    private static BigInteger counted(Store store, PortRange range) {
        BigInteger taken = BigInteger.ZERO;
        var services = store.range(new Operation.Range(SERVICES), Consistency.LINEARIZABLE);
        for (KeyValue item : services.answer().items()) {
            JsonNode spec =
                    ObjectFormat.parse(ObjectFormat.toJson(item.value())).path("spec");
            List<Integer> ports = new ArrayList<>();
            spec.path("ports").forEach(port -> ports.add(port.path("nodePort").asInt(0)));
            ports.add(spec.path("healthCheckNodePort").asInt(0));
            for (int port : ports) {
                taken = range.contains(port) ? taken.setBit(port - range.first()) : taken;
            }
        }
        return taken;
    }

    boolean isTaken(int port) {
        return range.contains(port) && taken.testBit(port - range.first());
    }

    void take(int port) {
        taken = taken.setBit(port - range.first());
    }

    void giveBack(int port) {
        if (range.contains(port)) {
            taken = taken.clearBit(port - range.first());
        }
    }

    /** A free port, taken; 0 when there is none. */
    int takeAny(RandomGenerator chance) {
        int start = chance.nextInt(range.size());
        for (int i = 0; i < range.size(); i++) {
            int offset = (start + i) % range.size();
            if (!taken.testBit(offset)) {
                taken = taken.setBit(offset);
                return range.first() + offset;
            }
        }
        return 0;
    }

    Compare guard() {
        return Compare.isModifiedAt(KEY, readAt);
    }

    Operation write() {
        String data = Base64.getEncoder().encodeToString(taken.toByteArray());
        return new Operation.Put(
                KEY,
                Bytes.wrap(JSON.writeValueAsBytes(JSON.createObjectNode()
                        .put("kind", "RangeAllocation")
                        .put("apiVersion", "v1")
                        .put("range", range.toString())
                        .put("data", data))));
    }
}
