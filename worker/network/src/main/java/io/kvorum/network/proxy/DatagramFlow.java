package io.kvorum.network.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Datagrams to a Service and the backend they go to; the kernel remembers them and would go on sending them there. Without a
 * backend they go nowhere, which it remembers as well. {@code address} is empty for a node port.
 */
record DatagramFlow(String address, int port, String backend) implements Comparable<DatagramFlow> {
    static SortedSet<DatagramFlow> of(List<ServicePortRules> rules) {
        SortedSet<DatagramFlow> flows = new TreeSet<>();
        for (ServicePortRules rule : rules) {
            if (rule.protocol().equals("udp")) {
                for (String address : rule.addresses()) {
                    List<String> backends = backends(rule);
                    backends.forEach(backend -> flows.add(new DatagramFlow(address, rule.port(), backend)));
                    if (backends.isEmpty()) {
                        flows.add(new DatagramFlow(address, rule.port(), address));
                    }
                }
                rule.outside()
                        .nodePort()
                        .ifPresent(port ->
                                backends(rule).forEach(backend -> flows.add(new DatagramFlow("", port, backend))));
            }
        }
        return flows;
    }

    private static List<String> backends(ServicePortRules rule) {
        return rule.backends().stream().map(Backend::address).distinct().toList();
    }

    /** The words of the command that makes the kernel forget. */
    List<String> forget() {
        List<String> words = new ArrayList<>(List.of("conntrack", "-D", "-p", "udp"));
        if (!address.isEmpty()) {
            words.addAll(List.of("--orig-dst", address));
        }
        words.addAll(List.of("--orig-port-dst", Integer.toString(port), "--reply-src", backend));
        return words;
    }

    @Override
    public int compareTo(DatagramFlow other) {
        return java.util.Comparator.comparing(DatagramFlow::address)
                .thenComparingInt(DatagramFlow::port)
                .thenComparing(DatagramFlow::backend)
                .compare(this, other);
    }
}
