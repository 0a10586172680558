package io.kvorum.network.overlay;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One node's overlay as a process of its own. Arguments are the way, this node's name and its address; each line of standard
 * input is the list of nodes from then on, as {@code name,podCidr,address,hardwareAddress} separated by blanks.
 */
final class OverlayDriver {
    private OverlayDriver() {}

    public static void main(String[] arguments) throws IOException {
        var backend = OverlayConfig.Backend.valueOf(arguments[0]);
        var config = new OverlayConfig(arguments[1], arguments[2], "10.42.0.0/16", backend);
        var nodes = new java.util.concurrent.atomic.AtomicReference<List<Node>>(List.of());
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        java.util.function.Consumer<String> annotate = System.out::println;
        try (var overlay = new NodeOverlay(config, nodes::get, annotate)) {
            overlay.start();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                List<Node> named = new ArrayList<>();
                for (String each : line.split(" ", -1)) {
                    named.add(node(each.split(",", -1), backend));
                }
                nodes.set(named);
                overlay.look();
            }
        }
    }

    private static Node node(String[] words, OverlayConfig.Backend backend) {
        var config = new OverlayConfig(words[0], words[2], "10.42.0.0/16", backend);
        return new NodeBuilder()
                .withNewMetadata()
                .withName(words[0])
                .withAnnotations(Announcement.of(config, words[3]))
                .endMetadata()
                .withNewSpec()
                .withPodCIDR(words[1])
                .endSpec()
                .build();
    }
}
