package io.kvorum.network.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The table of Services as nft transactions: the whole, or the way from one state to the next. A connection costs one map
 * look-up however many Services there are. Pure.
 *
 * <pre>
 *   prerouting, output -> services -> map addresses (address . protocol . port) -> chains that choose a backend
 *                                  -> map node-ports (protocol . port), node's own addresses
 *   postrouting: what carries the mark is masqueraded
 *   forward, input, output: maps of what has no backend; it is refused or dropped
 * </pre>
 */
final class NftScript {
    static final String TABLE = "kvorum-services";
    private static final String ADDRESS_KEY = "ipv4_addr . inet_proto . inet_service";
    private static final String PORT_KEY = "inet_proto . inet_service";
    private static final SortedMap<String, String> KEYS = new TreeMap<>(Map.of(
            NftTableBuilder.ADDRESSES, ADDRESS_KEY,
            NftTableBuilder.NODE_PORTS, PORT_KEY,
            NftTableBuilder.REFUSALS, ADDRESS_KEY,
            NftTableBuilder.NODE_PORT_REFUSALS, PORT_KEY));

    private NftScript() {}

    /** Replaces whatever table there is. */
    static String whole(NftTable table) {
        StringBuilder out =
                new StringBuilder("table ip %1$s\ndelete table ip %1$s\ntable ip %1$s {\n".formatted(TABLE));
        table.affinitySets()
                .forEach((name, seconds) -> out.append("set ")
                        .append(name)
                        .append(" { ")
                        .append(affinity(seconds))
                        .append(" }\n"));
        chain(out, "refuse", List.of("reject"));
        // A chain must stand before the rules that lead to it.
        for (String kind : List.of("dns-", "ep-", "in-", "all-", "out-", "lb-")) {
            table.chains().forEach((name, lines) -> {
                if (name.startsWith(kind)) {
                    chain(out, name, lines);
                }
            });
        }
        KEYS.forEach((name, key) -> map(out, name, key, table.map(name)));
        hooks(out);
        return out.append("}\n").toString();
    }

    private static void hooks(StringBuilder out) {
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
        for (String hook : List.of("input", "forward", "output")) {
            chain(
                    out,
                    "refuse-" + hook,
                    List.of(
                            "type filter hook " + hook + " priority filter - 10; policy accept;",
                            "ip daddr . meta l4proto . th dport vmap @refusals",
                            "fib daddr type local meta l4proto . th dport vmap @node-port-refusals"));
        }
    }

    /** The way between two states; what they share is not touched, nor is what the kernel has learnt about callers. */
    static String change(NftTable before, NftTable after) {
        List<String> lines = new ArrayList<>();
        added(before.affinitySets(), after.affinitySets())
                .forEach(name -> lines.add("add set ip %s %s { %s }"
                        .formatted(TABLE, name, affinity(after.affinitySets().getOrDefault(name, 0)))));
        SortedSet<String> fresh = added(before.chains(), after.chains());
        SortedSet<String> gone = added(after.chains(), before.chains());
        fresh.forEach(name -> lines.add("add chain ip " + TABLE + " " + name));
        after.chains().forEach((name, rules) -> {
            boolean isKnown = !fresh.contains(name);
            if (isKnown && !rules.equals(before.chains().get(name))) {
                lines.add("flush chain ip " + TABLE + " " + name);
            }
            if (!rules.equals(before.chains().get(name))) {
                rules.forEach(rule -> lines.add("add rule ip " + TABLE + " " + name + " " + rule));
            }
        });
        KEYS.keySet().forEach(name -> elements(lines, name, before.map(name), after.map(name)));
        gone.forEach(name -> lines.add("flush chain ip " + TABLE + " " + name));
        gone.forEach(name -> lines.add("delete chain ip " + TABLE + " " + name));
        added(after.affinitySets(), before.affinitySets())
                .forEach(name -> lines.add("delete set ip " + TABLE + " " + name));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static void elements(
            List<String> lines, String map, SortedMap<String, String> before, SortedMap<String, String> after) {
        SortedMap<String, String> removed = missing(before, after);
        SortedMap<String, String> added = missing(after, before);
        if (!removed.isEmpty()) {
            lines.add("delete element ip %s %s { %s }".formatted(TABLE, map, elements(removed)));
        }
        if (!added.isEmpty()) {
            lines.add("add element ip %s %s { %s }".formatted(TABLE, map, elements(added)));
        }
    }

    /** The entries of one that the other has not, or has otherwise. */
    private static SortedMap<String, String> missing(SortedMap<String, String> one, SortedMap<String, String> other) {
        SortedMap<String, String> missing = new TreeMap<>();
        one.forEach((key, value) -> {
            if (!value.equals(other.get(key))) {
                missing.put(key, value);
            }
        });
        return missing;
    }

    private static SortedSet<String> added(SortedMap<String, ?> before, SortedMap<String, ?> after) {
        SortedSet<String> added = new TreeSet<>(after.keySet());
        added.removeAll(before.keySet());
        return added;
    }

    private static String affinity(int seconds) {
        return "type ipv4_addr; flags dynamic,timeout; size 65535; timeout " + seconds + "s;";
    }

    private static void chain(StringBuilder out, String name, List<String> lines) {
        out.append("chain ").append(name).append(" {\n");
        lines.forEach(line -> out.append("  ").append(line).append('\n'));
        out.append("}\n");
    }

    private static void map(StringBuilder out, String name, String key, SortedMap<String, String> elements) {
        out.append("map ").append(name).append(" { type ").append(key).append(" : verdict; ");
        if (!elements.isEmpty()) {
            out.append("elements = { ").append(elements(elements)).append(" } ; ");
        }
        out.append("}\n");
    }

    private static String elements(SortedMap<String, String> elements) {
        return elements.entrySet().stream()
                .map(element -> element.getKey() + " : " + element.getValue())
                .collect(Collectors.joining(", "));
    }
}
