package io.kvorum.network.overlay;

import io.kvorum.network.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The device that carries this node's address, and the largest packet it takes. */
record Uplink(String device, int mtuBytes) {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** @throws UplinkUnknown when no device has this address */
    static Uplink of(String address) {
        String listed = Command.of(DEADLINE, "ip", "-o", "address", "show", "to", address + "/32")
                .runOrThrow();
        String device = listed.lines()
                .map(line -> List.of(line.strip().split("\\s+")))
                .filter(words -> words.size() > 1)
                .map(words -> words.get(1))
                .findFirst()
                .orElseThrow(() -> new UplinkUnknown(address));
        return new Uplink(device, mtu(device));
    }

    private static int mtu(String device) {
        Path file = Path.of("/sys/class/net", device, "mtu");
        try {
            if (Files.exists(file)) {
                return Integer.parseInt(Files.readString(file).strip());
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(file + " cannot be read", unreadable);
        }
        return mtuAsListed(device);
    }

    /** Where /sys shows another network namespace. */
    private static int mtuAsListed(String device) {
        String listed =
                Command.of(DEADLINE, "ip", "-o", "link", "show", "dev", device).runOrThrow();
        List<String> words = List.of(listed.split("\\s+"));
        return Integer.parseInt(words.get(words.indexOf("mtu") + 1));
    }
}
