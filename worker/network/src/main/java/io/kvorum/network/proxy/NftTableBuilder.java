package io.kvorum.network.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * From the ports of Services to the table. Names come from what they stand for, so that an unchanged Service is unchanged in
 * the table. Pure; one use.
 *
 * <pre>
 *   addresses:  cluster address -> in-X ; external address -> out-X ; load balancer -> lb-X -> out-X
 *   node-ports: -> out-X ; out-X of a Local Service: callers of the cluster -> all-X
 *   in-X, all-X, out-X -> ep-X-Y: dnat
 * </pre>
 */
final class NftTableBuilder {
    static final String ADDRESSES = "addresses";
    static final String NODE_PORTS = "node-ports";
    static final String REFUSALS = "refusals";
    static final String NODE_PORT_REFUSALS = "node-port-refusals";

    static final String MARK = "meta mark set meta mark or 0x4000";
    private static final String REFUSE = "goto refuse";

    private final String clusterCidr;
    private final SortedMap<String, String> addresses = new TreeMap<>();
    private final SortedMap<String, String> nodePorts = new TreeMap<>();
    private final SortedMap<String, String> refusals = new TreeMap<>();
    private final SortedMap<String, String> nodePortRefusals = new TreeMap<>();
    private final SortedMap<String, List<String>> chains = new TreeMap<>();
    private final SortedMap<String, Integer> affinitySets = new TreeMap<>();

    private NftTableBuilder(String clusterCidr) {
        this.clusterCidr = clusterCidr;
    }

    static NftTable table(List<ServicePortRules> rules, ProxyConfig config) {
        NftTableBuilder builder = new NftTableBuilder(config.clusterCidr());
        config.clusterDns().ifPresent(builder::addDns);
        rules.forEach(builder::add);
        // Two Services may claim one external address: the first has it, and is not refused for the other's sake.
        builder.refusals.keySet().removeAll(builder.addresses.keySet());
        builder.nodePortRefusals.keySet().removeAll(builder.nodePorts.keySet());
        SortedMap<String, SortedMap<String, String>> maps = new TreeMap<>();
        maps.put(ADDRESSES, builder.addresses);
        maps.put(NODE_PORTS, builder.nodePorts);
        maps.put(REFUSALS, builder.refusals);
        maps.put(NODE_PORT_REFUSALS, builder.nodePortRefusals);
        return new NftTable(builder.chains, maps, builder.affinitySets);
    }

    /** This node answers, whatever endpoints there are; so the source stays as it is. */
    private void addDns(ProxyConfig.ClusterDns dns) {
        String target = dns.localAddress() + ":" + dns.localPort();
        for (String protocol : List.of("tcp", "udp")) {
            chains.put("dns-" + protocol, List.of("meta l4proto " + protocol + " dnat to " + target));
        }
        dns.doors().forEach(door -> addresses.put(door, "goto dns-" + (door.contains("udp") ? "udp" : "tcp")));
    }

    private void add(ServicePortRules rule) {
        String id = id(rule.name());
        String door = rule.door(rule.clusterAddress());
        if (!addresses.containsKey(door)) {
            if (rule.internalBackends().isEmpty()) {
                refusals.put(door, rule.backends().isEmpty() ? REFUSE : "drop");
            } else {
                addresses.put(door, "goto in-" + id);
                chains.put("in-" + id, forCluster(rule, rule.internalBackends(), id));
            }
        }
        if (!rule.outside().isEmpty()) {
            addOutside(rule, id);
        }
    }

    private List<String> forCluster(ServicePortRules rule, List<Backend> backends, String id) {
        List<String> lines = new ArrayList<>();
        lines.add("ip saddr != " + clusterCidr + " " + MARK);
        lines.addAll(choice(rule, backends, id));
        return lines;
    }

    private void addOutside(ServicePortRules rule, String id) {
        ServicePortRules.Outside outside = rule.outside();
        List<String> lines = new ArrayList<>();
        if (!rule.backends().isEmpty()) {
            if (outside.local()) {
                chains.put("all-" + id, forCluster(rule, rule.backends(), id));
                lines.add("ip saddr " + clusterCidr + " goto all-" + id);
                lines.add("fib saddr type local goto all-" + id);
                if (!rule.localBackends().isEmpty()) {
                    lines.addAll(choice(rule, rule.localBackends(), id));
                }
            } else {
                lines.add(MARK);
                lines.addAll(choice(rule, rule.backends(), id));
            }
            chains.put("out-" + id, lines);
            leadOutside(rule, id);
        }
        if (rule.backends().isEmpty()
                || (outside.local() && rule.localBackends().isEmpty())) {
            refuseOutside(rule, rule.backends().isEmpty() ? REFUSE : "drop");
        }
    }

    private void leadOutside(ServicePortRules rule, String id) {
        ServicePortRules.Outside outside = rule.outside();
        outside.externalAddresses().forEach(each -> addresses.putIfAbsent(rule.door(each), "goto out-" + id));
        outside.nodePort().ifPresent(port -> nodePorts.putIfAbsent(nodePort(rule, port), "goto out-" + id));
        String balanced = "goto out-" + id;
        if (!outside.sourceRanges().isEmpty() && !outside.balancerAddresses().isEmpty()) {
            String ranges = String.join(", ", outside.sourceRanges());
            chains.put("lb-" + id, List.of("ip saddr != { " + ranges + " } drop", "goto out-" + id));
            balanced = "goto lb-" + id;
        }
        for (String each : outside.balancerAddresses()) {
            addresses.putIfAbsent(rule.door(each), balanced);
        }
    }

    /** A Local Service without backends here is silent, so that load balancers turn elsewhere; callers of the cluster do not get here. */
    private void refuseOutside(ServicePortRules rule, String verdict) {
        ServicePortRules.Outside outside = rule.outside();
        outside.externalAddresses().forEach(each -> refusals.putIfAbsent(rule.door(each), verdict));
        outside.balancerAddresses().forEach(each -> refusals.putIfAbsent(rule.door(each), verdict));
        outside.nodePort().ifPresent(port -> nodePortRefusals.putIfAbsent(nodePort(rule, port), verdict));
    }

    private static String nodePort(ServicePortRules rule, int port) {
        return rule.protocol() + " . " + port;
    }

    private List<String> choice(ServicePortRules rule, List<Backend> backends, String id) {
        List<String> names =
                backends.stream().map(backend -> endpoint(rule, backend, id)).toList();
        List<String> lines = new ArrayList<>();
        rule.affinitySeconds()
                .ifPresent(seconds -> names.forEach(
                        name -> lines.add("ip saddr @" + affinitySet(name, seconds) + " goto ep-" + name)));
        String map = IntStream.range(0, names.size())
                .mapToObj(i -> i + " : goto ep-" + names.get(i))
                .collect(Collectors.joining(", "));
        lines.add(
                names.size() == 1
                        ? "goto ep-" + names.getFirst()
                        : "numgen random mod " + names.size() + " vmap { " + map + " }");
        return lines;
    }

    /** The time is part of the name: the kernel does not change it in a set that is there. */
    private static String affinitySet(String endpoint, int seconds) {
        return "stay-" + endpoint + "-" + seconds;
    }

    /** Makes the chain of one backend; its name without the prefix. A pod that calls itself must see another source. */
    private String endpoint(ServicePortRules rule, Backend backend, String id) {
        String name = id + "-" + id(backend.address() + ":" + backend.port());
        List<String> lines = new ArrayList<>();
        lines.add("ip saddr " + backend.address() + " " + MARK);
        rule.affinitySeconds().ifPresent(seconds -> {
            affinitySets.put(affinitySet(name, seconds), seconds);
            lines.add("update @" + affinitySet(name, seconds) + " { ip saddr }");
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
}
