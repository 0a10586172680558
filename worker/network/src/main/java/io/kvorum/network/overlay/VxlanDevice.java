package io.kvorum.network.overlay;

import io.kvorum.network.Command;
import java.time.Duration;
import java.util.List;

/** The device flannel.1, which packs packets for other nodes into UDP. One thread. */
final class VxlanDevice {
    static final String NAME = "flannel.1";
    static final int NETWORK = 1;
    private static final int PORT = 8472;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private VxlanDevice() {}

    /** Makes it, or makes it anew when it is on another uplink; returns its hardware address, which stays when it can. */
    static String ensure(OverlayConfig config, Uplink uplink, String podCidr) {
        Command.Outcome known = Command.of(DEADLINE, "ip", "-d", "-o", "link", "show", "dev", NAME)
                .run();
        boolean isRight = known.succeeded()
                && known.output().contains(" vxlan id " + NETWORK + " ")
                && known.output().contains(" local " + config.nodeAddress() + " ")
                && known.output().contains(" dev " + uplink.device() + " ")
                && known.output().contains(" dstport " + PORT + " ");
        if (!isRight) {
            if (known.succeeded()) {
                ip("link", "delete", NAME);
            }
            ip(
                    "link",
                    "add",
                    NAME,
                    "address",
                    hardwareAddress(config.nodeAddress(), podCidr),
                    "type",
                    "vxlan",
                    "id",
                    Integer.toString(NETWORK),
                    "local",
                    config.nodeAddress(),
                    "dev",
                    uplink.device(),
                    "dstport",
                    Integer.toString(PORT),
                    "nolearning");
        }
        int mtu = uplink.mtuBytes() - config.backend().headerBytes();
        ip("link", "set", NAME, "mtu", Integer.toString(mtu), "up");
        String own = podCidr.substring(0, podCidr.indexOf('/')) + "/32";
        Command.Outcome addresses = Command.of(DEADLINE, "ip", "-o", "-4", "address", "show", "dev", NAME)
                .run();
        if (!addresses.output().contains(" " + own + " ")) {
            ip("address", "flush", "dev", NAME);
            ip("address", "add", own, "dev", NAME);
        }
        return currentHardwareAddress();
    }

    /** Made from the addresses, so that a device made anew is known to the others already; locally administered. */
    static String hardwareAddress(String nodeAddress, String podCidr) {
        int mixed = (nodeAddress + " " + podCidr).hashCode();
        int more = (podCidr + " " + nodeAddress).hashCode();
        return "02:%02x:%02x:%02x:%02x:%02x"
                .formatted(
                        more & 0xff, (mixed >>> 24) & 0xff, (mixed >>> 16) & 0xff, (mixed >>> 8) & 0xff, mixed & 0xff);
    }

    private static String currentHardwareAddress() {
        String listed =
                Command.of(DEADLINE, "ip", "-o", "link", "show", "dev", NAME).runOrThrow();
        List<String> words = List.of(listed.split("\\s+"));
        return words.get(words.indexOf("link/ether") + 1);
    }

    static void remove() {
        Command.of(DEADLINE, "ip", "link", "delete", NAME).run();
    }

    private static void ip(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "ip";
        System.arraycopy(words, 0, command, 1, words.length);
        Command.of(DEADLINE, command).runOrThrow();
    }
}
