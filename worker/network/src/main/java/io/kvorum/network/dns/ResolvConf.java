package io.kvorum.network.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The name servers a resolv.conf names, without ourselves; read again when the file changes. Any thread. */
final class ResolvConf {
    private static final Logger LOG = LoggerFactory.getLogger(ResolvConf.class);
    private static final int DNS_PORT = 53;
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Path file;
    private final Predicate<InetAddress> ourselves;
    private final InstantSource clock;

    private Instant looked = Instant.MIN;
    private FileTime read = FileTime.fromMillis(-1);
    private List<InetSocketAddress> servers = List.of();

    ResolvConf(Path file, Predicate<InetAddress> ourselves, InstantSource clock) {
        this.file = file;
        this.ourselves = ourselves;
        this.clock = clock;
    }

    synchronized List<InetSocketAddress> servers() {
        Instant now = clock.instant();
        if (looked.equals(Instant.MIN) || Duration.between(looked, now).abs().compareTo(LOOK) >= 0) {
            looked = now;
            look();
        }
        return servers;
    }

    private void look() {
        try {
            FileTime changed = Files.getLastModifiedTime(file);
            if (!changed.equals(read)) {
                servers = parse(Files.readAllLines(file));
                read = changed;
                LOG.atInfo()
                        .addKeyValue("file", file)
                        .addKeyValue("servers", servers)
                        .log("name servers for names outside the cluster");
            }
        } catch (IOException unreadable) {
            // What was read last stays good: editors and DHCP clients replace this file.
            LOG.atDebug().addKeyValue("file", file).log("list of name servers cannot be read");
        }
    }

    private List<InetSocketAddress> parse(List<String> lines) {
        List<InetSocketAddress> found = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 1 && words[0].equals("nameserver")) {
                try {
                    InetAddress address = InetAddress.ofLiteral(words[1]);
                    if (!ourselves.test(address)) {
                        found.add(new InetSocketAddress(address, DNS_PORT));
                    }
                } catch (IllegalArgumentException notAnAddress) {
                    LOG.atWarn().addKeyValue("line", line).log("name server is not an address");
                }
            }
        }
        return List.copyOf(found);
    }
}
