package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Operation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Services get addresses and node ports that no other has: an address is an IPAddress object that the same transaction
 * creates, a node port a bit in a value that it guards. Any thread.
 */
final class ServiceStrategy implements Strategy {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ADDRESS_PREFIX = "/registry/ipaddresses/";
    private static final int TRIES_BY_CHANCE = 32;
    private static final String HEADLESS = "None";

    private final Store store;
    private final List<AddressRange> ranges;
    private final RegistryConfiguration.PortRange nodePorts;
    private final InstantSource clock;
    private final RandomGenerator chance;
    private final Ids ids;

    ServiceStrategy(
            Store store, RegistryConfiguration configuration, InstantSource clock, RandomGenerator chance, Ids ids) {
        this.store = store;
        this.ranges =
                configuration.serviceRanges().stream().map(AddressRange::parse).toList();
        this.nodePorts = configuration.nodePorts();
        this.clock = clock;
        this.chance = chance;
        this.ids = ids;
    }

    @Override
    public void prepareCreate(ObjectNode object) {
        object.putObject("status").putObject("loadBalancer");
    }

    /** What the server chose and the client left out stays. */
    @Override
    public void prepareUpdate(ObjectNode next, ObjectNode old) {
        ObjectNode spec = next.withObjectProperty("spec");
        JsonNode before = old.path("spec");
        if (needsAddress(spec) && needsAddress(before)) {
            for (String field : List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
                if (spec.path(field).isEmpty() && spec.path(field).asString("").isEmpty() && before.has(field)) {
                    spec.set(field, before.get(field).deepCopy());
                }
            }
        }
        if (needsNodePorts(spec)) {
            for (JsonNode port : spec.path("ports")) {
                keepNodePort((ObjectNode) port, before.path("ports"));
            }
        }
        if (!spec.has("healthCheckNodePort") && before.has("healthCheckNodePort") && needsHealthPort(spec)) {
            spec.set("healthCheckNodePort", before.get("healthCheckNodePort"));
        }
    }

    private static void keepNodePort(ObjectNode port, JsonNode before) {
        if (port.path("nodePort").asInt(0) != 0) {
            return;
        }
        for (JsonNode candidate : before) {
            boolean isSame = candidate.path("port").equals(port.path("port"))
                    && candidate
                            .path("protocol")
                            .asString("TCP")
                            .equals(port.path("protocol").asString("TCP"));
            if (isSame && candidate.has("nodePort")) {
                port.set("nodePort", candidate.get("nodePort"));
            }
        }
    }

    @Override
    public Reservation reserve(@Nullable ObjectNode next, @Nullable ObjectNode old) {
        List<Compare> compares = new ArrayList<>();
        List<Operation> writes = new ArrayList<>();
        reserveAddresses(next, old, compares, writes);
        reservePorts(next, old, compares, writes);
        return new Reservation(compares, writes);
    }

    private void reserveAddresses(
            @Nullable ObjectNode next, @Nullable ObjectNode old, List<Compare> compares, List<Operation> writes) {
        Set<String> held = new HashSet<>(old == null ? List.of() : addresses(old));
        List<String> wanted = next == null ? List.of() : fillAddresses(next, held);
        for (String address : wanted) {
            if (!held.remove(address)) {
                compares.add(Compare.isMissing(addressKey(address)));
                writes.add(new Operation.Put(addressKey(address), addressObject(address, next)));
            }
        }
        held.stream()
                .sorted()
                .forEach(address -> writes.add(new Operation.DeleteRange(KeyRange.single(addressKey(address)), false)));
    }

    private static Key addressKey(String address) {
        return Key.of(ADDRESS_PREFIX + address);
    }

    private static List<String> addresses(ObjectNode service) {
        List<String> addresses = new ArrayList<>();
        JsonNode spec = service.path("spec");
        spec.path("clusterIPs").forEach(each -> addresses.add(each.asString("")));
        String first = spec.path("clusterIP").asString("");
        if (addresses.isEmpty() && !first.isEmpty()) {
            addresses.add(first);
        }
        addresses.removeIf(each -> each.equals(HEADLESS) || each.isEmpty());
        return addresses;
    }

    private List<String> fillAddresses(ObjectNode service, Set<String> held) {
        ObjectNode spec = service.withObjectProperty("spec");
        if (!needsAddress(spec)) {
            return List.of();
        }
        List<AddressRange> families = families(spec);
        if (spec.path("clusterIP").asString("").equals(HEADLESS)) {
            fillFamilies(spec, families);
            spec.putArray("clusterIPs").add(HEADLESS);
            return List.of();
        }
        List<String> addresses = addresses(service);
        addresses.stream().filter(each -> !held.contains(each)).forEach(each -> checkChosen(service, each));
        for (int i = addresses.size(); i < families.size(); i++) {
            addresses.add(anyFree(service, families.get(i)));
        }
        spec.put("clusterIP", addresses.getFirst());
        ArrayNode array = spec.putArray("clusterIPs");
        addresses.forEach(array::add);
        fillFamilies(spec, families);
        return addresses;
    }

    private List<AddressRange> families(ObjectNode spec) {
        List<AddressRange> chosen = new ArrayList<>();
        for (JsonNode family : spec.path("ipFamilies")) {
            ranges.stream()
                    .filter(range -> range.family().equals(family.asString("")))
                    .forEach(chosen::add);
        }
        String address = spec.path("clusterIP").asString("");
        if (chosen.isEmpty() && address.contains(":")) {
            ranges.stream().filter(AddressRange::isIpv6).forEach(chosen::add);
        }
        if (chosen.isEmpty()) {
            chosen.add(ranges.getFirst());
        }
        if (spec.path("ipFamilyPolicy").asString("SingleStack").endsWith("DualStack")) {
            ranges.stream().filter(range -> !chosen.contains(range)).forEach(chosen::add);
        }
        return chosen;
    }

    private static void fillFamilies(ObjectNode spec, List<AddressRange> families) {
        ArrayNode array = spec.putArray("ipFamilies");
        families.forEach(range -> array.add(range.family()));
        if (!spec.has("ipFamilyPolicy")) {
            spec.put("ipFamilyPolicy", "SingleStack");
        }
    }

    private void checkChosen(ObjectNode service, String address) {
        boolean isInside;
        try {
            isInside = ranges.stream().anyMatch(range -> range.contains(address));
        } catch (IllegalArgumentException e) {
            throw invalid(
                    service,
                    "spec.clusterIPs[0]",
                    "Invalid value: \"%s\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
                            .formatted(address));
        }
        if (!isInside) {
            throw invalid(
                    service,
                    "spec.clusterIPs",
                    "Invalid value: [\"%s\"]: failed to allocate IP %s: the provided IP (%s) is not in the valid range. The range of valid IPs is %s"
                            .formatted(
                                    address, address, address, ranges.getFirst().cidr()));
        }
        if (isTaken(address)) {
            throw invalid(
                    service,
                    "spec.clusterIPs",
                    "Invalid value: [\"%s\"]: failed to allocate IP %s: provided IP is already allocated"
                            .formatted(address, address));
        }
    }

    private String anyFree(ObjectNode service, AddressRange range) {
        for (int i = 0; i < TRIES_BY_CHANCE; i++) {
            String address = range.random(chance, i > TRIES_BY_CHANCE / 2);
            if (!isTaken(address)) {
                return address;
            }
        }
        for (long offset = 1; offset <= range.size().longValueExact(); offset++) {
            String address = range.address(offset);
            if (!isTaken(address)) {
                return address;
            }
        }
        throw ApiException.internal("failed to allocate a serviceIP: range is full (" + range.cidr() + ", for service "
                + Metadata.of(service).name() + ")");
    }

    private boolean isTaken(String address) {
        return !store.range(new Operation.Range(KeyRange.single(addressKey(address))), Consistency.SERIALIZABLE)
                .answer()
                .items()
                .isEmpty();
    }

    private Bytes addressObject(String address, @Nullable ObjectNode service) {
        ObjectNode object = JSON.createObjectNode();
        object.put("kind", "IPAddress").put("apiVersion", "networking.k8s.io/v1");
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", address).put("uid", ids.uid()).put("creationTimestamp", Metadata.time(clock.instant()));
        metadata.putObject("labels")
                .put("ipaddress.kubernetes.io/ip-family", address.contains(":") ? "IPv6" : "IPv4")
                .put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
        ObjectNode parent = object.putObject("spec").putObject("parentRef");
        parent.put("group", "").put("resource", "services");
        if (service != null) {
            Metadata owner = Metadata.of(service);
            parent.put("namespace", owner.namespace()).put("name", owner.name());
        }
        return Bytes.wrap(JSON.writeValueAsBytes(object));
    }

    private void reservePorts(
            @Nullable ObjectNode next, @Nullable ObjectNode old, List<Compare> compares, List<Operation> writes) {
        boolean needs = next != null && needsNodePorts(next.path("spec"));
        Set<Integer> held = old == null ? Set.of() : ports(old);
        if (!needs && held.isEmpty()) {
            return;
        }
        if (next != null && !needs) {
            dropNodePorts(next, held);
        }
        if (next != null && held.equals(ports(next)) && !lacksNodePort(next)) {
            return;
        }
        NodePortMap map = NodePortMap.read(store, nodePorts);
        held.forEach(map::giveBack);
        if (next != null && needs) {
            takePorts(next, map, held);
        }
        compares.add(map.guard());
        writes.add(map.write());
    }

    private static boolean lacksNodePort(ObjectNode service) {
        JsonNode spec = service.path("spec");
        boolean lacks =
                needsHealthPort(spec) && spec.path("healthCheckNodePort").asInt(0) == 0;
        for (JsonNode port : spec.path("ports")) {
            lacks |= needsNodePorts(spec) && port.path("nodePort").asInt(0) == 0;
        }
        return lacks;
    }

    private static Set<Integer> ports(ObjectNode service) {
        Set<Integer> ports = new HashSet<>();
        JsonNode spec = service.path("spec");
        spec.path("ports").forEach(port -> ports.add(port.path("nodePort").asInt(0)));
        ports.add(spec.path("healthCheckNodePort").asInt(0));
        ports.remove(0);
        return ports;
    }

    private static void dropNodePorts(ObjectNode service, Set<Integer> held) {
        ObjectNode spec = service.withObjectProperty("spec");
        for (JsonNode port : spec.path("ports")) {
            if (held.contains(port.path("nodePort").asInt(0))) {
                ((ObjectNode) port).remove("nodePort");
            }
        }
        spec.remove("healthCheckNodePort");
    }

    private void takePorts(ObjectNode service, NodePortMap map, Set<Integer> held) {
        ObjectNode spec = service.withObjectProperty("spec");
        Set<Integer> mine = new HashSet<>();
        for (JsonNode port : spec.path("ports")) {
            int wanted = port.path("nodePort").asInt(0);
            if (wanted != 0 && mine.add(wanted)) {
                takeChosen(service, map, wanted, held);
            }
        }
        for (JsonNode port : spec.path("ports")) {
            if (port.path("nodePort").asInt(0) == 0) {
                ((ObjectNode) port).put("nodePort", takeAny(map));
            }
        }
        int health = spec.path("healthCheckNodePort").asInt(0);
        if (needsHealthPort(spec) && health == 0) {
            spec.put("healthCheckNodePort", takeAny(map));
        } else if (health != 0) {
            takeChosen(service, map, health, held);
        }
    }

    private int takeAny(NodePortMap map) {
        int port = map.takeAny(chance);
        if (port == 0) {
            throw ApiException.internal("failed to allocate a nodePort: range is full");
        }
        return port;
    }

    private void takeChosen(ObjectNode service, NodePortMap map, int port, Set<Integer> held) {
        if (!nodePorts.contains(port)) {
            throw invalid(
                    service,
                    "spec.ports[0].nodePort",
                    "Invalid value: %d: provided port is not in the valid range. The range of valid ports is %s"
                            .formatted(port, nodePorts));
        }
        if (map.isTaken(port) && !held.contains(port)) {
            throw invalid(
                    service,
                    "spec.ports[0].nodePort",
                    "Invalid value: %d: provided port is already allocated".formatted(port));
        }
        map.take(port);
    }

    private static boolean needsAddress(JsonNode spec) {
        return !spec.path("type").asString("ClusterIP").equals("ExternalName");
    }

    private static boolean needsNodePorts(JsonNode spec) {
        String type = spec.path("type").asString("ClusterIP");
        return type.equals("NodePort")
                || (type.equals("LoadBalancer")
                        && spec.path("allocateLoadBalancerNodePorts").asBoolean(true));
    }

    private static boolean needsHealthPort(JsonNode spec) {
        return spec.path("type").asString("").equals("LoadBalancer")
                && spec.path("externalTrafficPolicy").asString("").equals("Local");
    }

    private static ApiException invalid(ObjectNode service, String field, String message) {
        return ApiException.invalid(
                "Service", "", Metadata.of(service).name(), List.of(new Cause("FieldValueInvalid", message, field)));
    }
}
