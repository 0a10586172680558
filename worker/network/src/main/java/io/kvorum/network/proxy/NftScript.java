package io.kvorum.network.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The whole table of Services as one nft transaction. A connection costs one map look-up however many Services there are.
 * Pure.
 *
 * <pre>
 *   prerouting, output -> services -> map (address . protocol . port) -> in-X or out-X -> ep-Y: dnat
 *                                  -> map (protocol . port), node's own addresses -> out-X
 *   postrouting: what carries the mark is masqueraded
 *   forward, input, output: what has no backend is refused
 * </pre>
 */
final class NftScript {
    static final String TABLE = "kvorum-services";
    private static final String MARK = "meta mark set meta mark or 0x4000";

    private final String clusterCidr;
    private final SortedMap<String, String> addresses = new TreeMap<>();
    private final SortedMap<String, String> nodePorts = new TreeMap<>();
    private final SortedSet<String> refused = new TreeSet<>();
    private final SortedSet<String> refusedNodePorts = new TreeSet<>();
    private final SortedMap<String, List<String>> chains = new TreeMap<>();
    private final SortedMap<String, Integer> affinitySets = new TreeMap<>();

    private NftScript(String clusterCidr) {
        this.clusterCidr = clusterCidr;
    }

    static String of(List<ServicePortRules> rules, String clusterCidr) {
        NftScript script = new NftScript(clusterCidr);
        rules.forEach(script::add);
        return script.text();
    }

    private void add(ServicePortRules rule) {
        String id = id(rule.name());
        String internal = rule.clusterAddress() + " . " + rule.protocol() + " . " + rule.port();
        if (rule.internalBackends().isEmpty()) {
            refused.add(internal);
        } else {
            List<String> lines = new ArrayList<>();
            lines.add("ip saddr != " + clusterCidr + " " + MARK);
            lines.addAll(choice(rule, rule.internalBackends(), id));
            chains.put("in-" + id, lines);
            addresses.put(internal, "goto in-" + id);
        }
        addExternal(rule, id);
    }

    private void addExternal(ServicePortRules rule, String id) {
        List<String> doors = rule.externalAddresses().stream()
                .map(address -> address + " . " + rule.protocol() + " . " + rule.port())
                .toList();
        if (doors.isEmpty() && rule.nodePort().isEmpty()) {
            return;
        }
        if (rule.externalBackends().isEmpty()) {
            refused.addAll(doors);
            rule.nodePort().ifPresent(port -> refusedNodePorts.add(rule.protocol() + " . " + port));
            return;
        }
        List<String> lines = new ArrayList<>();
        if (!rule.externalLocal()) {
            lines.add(MARK);
        }
        lines.addAll(choice(rule, rule.externalBackends(), id));
        chains.put("out-" + id, lines);
        doors.forEach(door -> addresses.putIfAbsent(door, "goto out-" + id));
        rule.nodePort().ifPresent(port -> nodePorts.put(rule.protocol() + " . " + port, "goto out-" + id));
    }

    private List<String> choice(ServicePortRules rule, List<Backend> backends, String id) {
        List<String> names =
                backends.stream().map(backend -> endpoint(rule, backend, id)).toList();
        List<String> lines = new ArrayList<>();
        if (rule.affinitySeconds().isPresent()) {
            names.forEach(name -> lines.add("ip saddr @stay-" + name + " goto ep-" + name));
        }
        String map = IntStream.range(0, names.size())
                .mapToObj(i -> i + " : goto ep-" + names.get(i))
                .collect(Collectors.joining(", "));
        lines.add(
                names.size() == 1
                        ? "goto ep-" + names.getFirst()
                        : "numgen random mod " + names.size() + " vmap { " + map + " }");
        return lines;
    }

    /** Makes the chain of one backend; its name without the prefix. A pod that calls itself must see another source. */
    private String endpoint(ServicePortRules rule, Backend backend, String id) {
        String name = id + "-" + id(backend.address() + ":" + backend.port());
        List<String> lines = new ArrayList<>();
        lines.add("ip saddr " + backend.address() + " " + MARK);
        rule.affinitySeconds().ifPresent(seconds -> {
            affinitySets.put("stay-" + name, seconds);
            lines.add("update @stay-" + name + " { ip saddr }");
        });
        lines.add("meta l4proto " + rule.protocol() + " dnat to " + backend.address() + ":" + backend.port());
        chains.put("ep-" + name, lines);
        return name;
    }

    private static String id(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String text() {
        StringBuilder out =
                new StringBuilder("table ip %1$s\ndelete table ip %1$s\ntable ip %1$s {\n".formatted(TABLE));
        affinitySets.forEach((name, seconds) -> out.append("set ")
                .append(name)
                .append(" { type ipv4_addr; flags dynamic,timeout; size 65535; timeout ")
                .append(seconds)
                .append("s; }\n"));
        chains.entrySet().stream()
                .filter(chain -> chain.getKey().startsWith("ep-"))
                .forEach(chain -> chain(out, chain.getKey(), chain.getValue()));
        chains.entrySet().stream()
                .filter(chain -> !chain.getKey().startsWith("ep-"))
                .forEach(chain -> chain(out, chain.getKey(), chain.getValue()));
        map(out, "addresses", "ipv4_addr . inet_proto . inet_service", addresses);
        map(out, "node-ports", "inet_proto . inet_service", nodePorts);
        set(out, "refused", "ipv4_addr . inet_proto . inet_service", refused);
        set(out, "refused-node-ports", "inet_proto . inet_service", refusedNodePorts);
        chain(
                out,
                "services",
                List.of(
                        "ip daddr . meta l4proto . th dport vmap @addresses",
                        "ip daddr 127.0.0.0/8 return",
                        "fib daddr type local meta l4proto . th dport vmap @node-ports"));
        chain(out, "prerouting", List.of("type nat hook prerouting priority dstnat; policy accept;", "jump services"));
        chain(out, "output", List.of("type nat hook output priority -100; policy accept;", "jump services"));
        chain(
                out,
                "postrouting",
                List.of(
                        "type nat hook postrouting priority srcnat - 1; policy accept;",
                        "meta mark and 0x4000 != 0x4000 return",
                        "meta mark set meta mark xor 0x4000",
                        "masquerade fully-random"));
        List<String> refusing = List.of(
                "ip daddr . meta l4proto . th dport @refused reject",
                "fib daddr type local meta l4proto . th dport @refused-node-ports reject");
        for (String hook : List.of("input", "forward", "output")) {
            List<String> lines = new ArrayList<>();
            lines.add("type filter hook " + hook + " priority filter - 10; policy accept;");
            lines.addAll(refusing);
            chain(out, "refuse-" + hook, lines);
        }
        return out.append("}\n").toString();
    }

    private static void chain(StringBuilder out, String name, List<String> lines) {
        out.append("chain ").append(name).append(" {\n");
        lines.forEach(line -> out.append("  ").append(line).append('\n'));
        out.append("}\n");
    }

    private static void map(StringBuilder out, String name, String type, Map<String, String> elements) {
        out.append("map ").append(name).append(" { type ").append(type).append(" : verdict; ");
        if (!elements.isEmpty()) {
            out.append("elements = { ")
                    .append(elements.entrySet().stream()
                            .map(element -> element.getKey() + " : " + element.getValue())
                            .collect(Collectors.joining(", ")))
                    .append(" } ; ");
        }
        out.append("}\n");
    }

    private static void set(StringBuilder out, String name, String type, SortedSet<String> elements) {
        out.append("set ").append(name).append(" { type ").append(type).append("; ");
        if (!elements.isEmpty()) {
            out.append("elements = { ").append(String.join(", ", elements)).append(" } ; ");
        }
        out.append("}\n");
    }
}
