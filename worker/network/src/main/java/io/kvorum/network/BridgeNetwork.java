package io.kvorum.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network of the pods on this node: a bridge with addresses of the node's own range, host ports, and masquerading of
 * what leaves the cluster. One thread at a time.
 */
public final class BridgeNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeNetwork.class);
    private static final Duration NFT_DEADLINE = Duration.ofSeconds(20);

    private final Path cniFolder;
    private final String clusterCidr;
    private final int mtuBytes;

    /** @param mtuBytes the largest packet that reaches pods of other nodes */
    public BridgeNetwork(Path cniFolder, String clusterCidr, int mtuBytes) {
        this.cniFolder = cniFolder;
        this.clusterCidr = clusterCidr;
        this.mtuBytes = mtuBytes;
    }

    /** Makes pods possible with addresses of this range, such as {@code 10.42.0.0/24}; safe to repeat. */
    public void setUp(String podCidr) {
        allowForwarding();
        masquerade();
        writeConfiguration(podCidr);
        LOG.atInfo().addKeyValue("podCidr", podCidr).log("pod network is configured");
    }

    private void writeConfiguration(String podCidr) {
        Path file = cniFolder.resolve("10-kvorum.conflist");
        String wanted = configuration(podCidr, mtuBytes);
        try {
            Files.createDirectories(cniFolder);
            if (!Files.exists(file) || !Files.readString(file).equals(wanted)) {
                Path fresh = cniFolder.resolve(".10-kvorum.new");
                Files.writeString(fresh, wanted);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("network configuration " + file + " cannot be written", failure);
        }
    }

    static String configuration(String podCidr, int mtuBytes) {
        return """
                {
                  "cniVersion": "1.0.0",
                  "name": "cbr0",
                  "plugins": [
                    {
                      "type": "bridge",
                      "bridge": "cni0",
                      "isGateway": true,
                      "isDefaultGateway": true,
                      "hairpinMode": true,
                      "forceAddress": true,
                      "mtu": %d,
                      "ipam": {
                        "type": "host-local",
                        "ranges": [[{"subnet": "%s"}]]
                      }
                    },
                    {
                      "type": "portmap",
                      "capabilities": {"portMappings": true}
                    }
                  ]
                }
                """.formatted(mtuBytes, podCidr);
    }

    private static void allowForwarding() {
        write("/proc/sys/net/ipv4/ip_forward", "1");
        write("/proc/sys/net/bridge/bridge-nf-call-iptables", "1");
        write("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established", "86400");
    }

    private static void write(String file, String value) {
        try {
            Path path = Path.of(file);
            if (Files.exists(path)) {
                Files.writeString(path, value);
            }
        } catch (IOException refused) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("why", refused.getMessage())
                    .log("kernel setting was refused");
        }
    }

    private void masquerade() {
        new Command(java.util.List.of("nft", "-f", "-"), masqueradeRules(clusterCidr), NFT_DEADLINE).runOrThrow();
    }

    static String masqueradeRules(String clusterCidr) {
        return """
                table ip kvorum-pods
                delete table ip kvorum-pods
                table ip kvorum-pods {
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr %1$s ip daddr %1$s return
                    ip saddr %1$s ip daddr 224.0.0.0/4 return
                    ip saddr %1$s masquerade fully-random
                  }
                }
                """.formatted(clusterCidr);
    }
}
