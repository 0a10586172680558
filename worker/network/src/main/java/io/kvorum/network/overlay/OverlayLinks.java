package io.kvorum.network.overlay;

import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Device, routes and neighbours on this machine; remembers what it set. One thread. */
final class OverlayLinks {
    private static final Logger LOG = LoggerFactory.getLogger(OverlayLinks.class);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final OverlayConfig config;
    private SortedMap<String, Peer> connected = Collections.emptySortedMap();
    private boolean swept;
    private String devicePodCidr = "";
    private String hardwareAddress = "";

    OverlayLinks(OverlayConfig config) {
        this.config = config;
    }

    /** Makes the device for this node's range of pods, where one is needed; its hardware address, or nothing. */
    String ensureDevice(String podCidr) {
        if (!podCidr.equals(devicePodCidr)) {
            if (config.backend() == OverlayConfig.Backend.VXLAN) {
                hardwareAddress = VxlanDevice.ensure(config, Uplink.of(config.nodeAddress()), podCidr);
            } else {
                VxlanDevice.remove();
            }
            devicePodCidr = podCidr;
        }
        return hardwareAddress;
    }

    void connect(SortedMap<String, Peer> peers) {
        if (!swept) {
            sweep(peers);
            swept = true;
        }
        PeerRoutes routes = config.backend() == OverlayConfig.Backend.VXLAN
                ? PeerRoutes.vxlan(connected, peers)
                : PeerRoutes.hostGateway(
                        connected, peers, Uplink.of(config.nodeAddress()).device());
        if (!routes.isEmpty()) {
            run(List.of("bridge", "-force", "-batch", "-"), routes.forwardingBatch());
            run(List.of("ip", "-force", "-batch", "-"), routes.routeBatch());
            LOG.atInfo().addKeyValue("nodes", peers.size()).log("ways to other nodes are set");
        }
        connected = new TreeMap<>(peers);
    }

    /** With -force the rest is done when one line fails; deleting what is gone already is no failure. */
    private static void run(List<String> words, String batch) {
        if (batch.isEmpty()) {
            return;
        }
        Command.Outcome outcome = new Command(words, batch, DEADLINE).run();
        boolean failed = outcome.errors()
                .lines()
                .anyMatch(line -> line.startsWith("RTNETLINK answers")
                        && !line.contains("No such process")
                        && !line.contains("No such file"));
        if (failed) {
            throw new RoutesRefused(outcome.errors().strip());
        }
    }

    /** Takes away what an earlier process set for nodes that are gone since. */
    private void sweep(SortedMap<String, Peer> peers) {
        boolean isVxlan = config.backend() == OverlayConfig.Backend.VXLAN;
        Set<String> wanted = new HashSet<>(peers.keySet());
        String listed = isVxlan
                ? Command.of(DEADLINE, "ip", "-4", "route", "show", "dev", VxlanDevice.NAME)
                        .run()
                        .output()
                : "";
        StringBuilder batch = new StringBuilder();
        for (String line : listed.lines().toList()) {
            String range = line.strip().split("\\s+", 2)[0];
            if (range.contains("/") && !wanted.contains(range)) {
                batch.append("route del ")
                        .append(range)
                        .append(" dev ")
                        .append(VxlanDevice.NAME)
                        .append('\n');
            }
        }
        try {
            run(List.of("ip", "-force", "-batch", "-"), batch.toString());
        } catch (CommandFailed failure) {
            LOG.atWarn().addKeyValue("why", failure.getMessage()).log("old routes stay");
        }
    }
}
