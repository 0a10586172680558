package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodDNSConfig;
import io.fabric8.kubernetes.api.model.PodDNSConfigOption;
import io.kvorum.cri.runtime.DNSConfig;
import io.kvorum.kubelet.NodeAgentConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What goes into a pod's resolv.conf. Pure but for {@link #ofMachine}. */
record DnsSettings(List<String> servers, List<String> searches, List<String> options) {
    private static final int MOST_SERVERS = 3;

    static DnsSettings of(Pod pod, NodeAgentConfig.Network network, DnsSettings machine) {
        boolean hostNetwork = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        String policy = Optional.ofNullable(pod.getSpec().getDnsPolicy()).orElse("ClusterFirst");
        boolean clusterFirst =
                policy.equals("ClusterFirstWithHostNet") || (policy.equals("ClusterFirst") && !hostNetwork);
        DnsSettings base;
        if (policy.equals("None")) {
            base = new DnsSettings(List.of(), List.of(), List.of());
        } else if (clusterFirst && !network.clusterDnsAddress().isEmpty()) {
            String domain = network.clusterDomain();
            List<String> searches = new ArrayList<>(
                    List.of(pod.getMetadata().getNamespace() + ".svc." + domain, "svc." + domain, domain));
            searches.addAll(machine.searches);
            base = new DnsSettings(List.of(network.clusterDnsAddress()), searches, List.of("ndots:5"));
        } else {
            base = machine;
        }
        return pod.getSpec().getDnsConfig() == null
                ? base
                : base.plus(pod.getSpec().getDnsConfig());
    }

    private DnsSettings plus(PodDNSConfig own) {
        List<String> allServers = joined(servers, own.getNameservers());
        List<String> allOptions = new ArrayList<>(options);
        for (PodDNSConfigOption option : Optional.ofNullable(own.getOptions()).orElse(List.of())) {
            allOptions.removeIf(known -> known.split(":")[0].equals(option.getName()));
            allOptions.add(option.getValue() == null ? option.getName() : option.getName() + ":" + option.getValue());
        }
        return new DnsSettings(allServers, joined(searches, own.getSearches()), allOptions);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        Optional.ofNullable(second).orElse(List.of()).stream()
                .filter(each -> !all.contains(each))
                .forEach(all::add);
        return all;
    }

    /** What the machine's own resolv.conf says; loopback servers are of no use in a pod. */
    static DnsSettings ofMachine(String resolvConf) {
        List<String> servers = new ArrayList<>();
        List<String> searches = List.of();
        List<String> options = List.of();
        try {
            for (String line : Files.readAllLines(Path.of(resolvConf))) {
                List<String> words = Arrays.asList(line.strip().split("\\s+"));
                switch (words.getFirst()) {
                    case "nameserver" -> {
                        if (words.size() > 1 && !words.get(1).startsWith("127.")) {
                            servers.add(words.get(1));
                        }
                    }
                    case "search" -> searches = List.copyOf(words.subList(1, words.size()));
                    case "options" -> options = List.copyOf(words.subList(1, words.size()));
                    default -> {
                        // Comments and what resolvers of other systems know.
                    }
                }
            }
        } catch (IOException none) {
            return new DnsSettings(List.of(), List.of(), List.of());
        }
        return new DnsSettings(servers, searches, options);
    }

    DNSConfig toCri() {
        return DNSConfig.newBuilder()
                .addAllServers(servers.stream().limit(MOST_SERVERS).toList())
                .addAllSearches(searches)
                .addAllOptions(options)
                .build();
    }
}
