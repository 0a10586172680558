package io.kvorum.node;

import io.kvorum.node.config.Machine;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Reads this machine's name and address. */
public final class LocalMachine {
    /** Interfaces that the node itself makes, or that lead nowhere. */
    private static final List<String> NOT_OURS = List.of("cni", "flannel", "veth", "docker", "kube");

    private static final Path NODE_ID = Path.of("/etc/rancher/node/id");
    private static final int NODE_ID_BYTES = 4;

    private LocalMachine() {}

    public static Machine read() {
        return new Machine(hostName(), LocalMachine::address, () -> nodeId(NODE_ID, new SecureRandom()));
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            throw new StartFailure("cannot read this machine's name; set --node-name", e);
        }
    }

    /** K3s's file: a machine that had an id there keeps it, and with it its name. */
    static String nodeId(Path file, RandomGenerator chance) {
        try {
            if (Files.exists(file)) {
                return Files.readString(file).strip();
            }
            byte[] id = new byte[NODE_ID_BYTES];
            chance.nextBytes(id);
            String text = HexFormat.of().formatHex(id);
            SecretFile.write(file.toAbsolutePath(), text + "\n", "rw-------");
            return text;
        } catch (IOException | UncheckedIOException e) {
            throw new StartFailure(
                    "cannot keep this machine's id in %s (%s); start without --with-node-id".formatted(file, e), e);
        }
    }

    private static String address() {
        return addressOfDefaultRoute()
                .or(LocalMachine::firstAddress)
                .orElseThrow(
                        () -> new StartFailure("this machine has no IPv4 address besides loopback; set --node-ip"));
    }

    /** Connecting a datagram socket asks the kernel for the route and sends nothing. */
    private static Optional<String> addressOfDefaultRoute() {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("198.51.100.1"), 9));
            InetAddress local = socket.getLocalAddress();
            return local instanceof Inet4Address && !local.isAnyLocalAddress() && !local.isLoopbackAddress()
                    ? Optional.of(local.getHostAddress())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> firstAddress() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(network -> NOT_OURS.stream().noneMatch(network.getName()::startsWith))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
