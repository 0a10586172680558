package io.kvorum.network.dns;

import io.kvorum.client.Informers;
import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * Cluster DNS of this node. It listens at an address of the node alone; the service proxy leads the cluster's DNS address
 * there. Made before the informers start, started once their first lists are in; one owner starts and closes it.
 */
public final class ClusterDns implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDns.class);
    private static final Duration UPSTREAM_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration IP_DEADLINE = Duration.ofSeconds(10);

    private final DnsConfig config;
    private final Responder responder;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable DnsServer server;

    public ClusterDns(Informers informers, DnsConfig config, InstantSource clock, RandomGenerator chance) {
        this(new InformedCluster(informers), config, clock, chance);
    }

    ClusterDns(ClusterView cluster, DnsConfig config, InstantSource clock, RandomGenerator chance) {
        this.config = config;
        List<AddressRange> ranges =
                config.ownRanges().stream().map(AddressRange::of).toList();
        Predicate<InetAddress> own = address -> ranges.stream().anyMatch(range -> range.contains(address));
        InetAddress serviceAddress = InetAddress.ofLiteral(config.serviceAddress());
        Predicate<InetAddress> ourselves = address ->
                address.equals(serviceAddress) || address.equals(config.listen().getAddress());
        this.responder = new Responder(
                new ClusterZone(cluster, domain(config.domain()), serviceAddress, own),
                new Forwarder(
                        new ResolvConf(config.resolvConf(), ourselves, clock)::servers,
                        UPSTREAM_TIMEOUT,
                        clock,
                        chance),
                chance);
    }

    private static Name domain(String text) {
        try {
            return Name.fromString(text, Name.root);
        } catch (TextParseException notAName) {
            throw new IllegalArgumentException("the cluster domain is no DNS name: " + text, notAName);
        }
    }

    /** Listens; while something else holds the port, tries again in the background. */
    public void start() {
        if (!tryToListen()) {
            Thread.ofVirtual().name("dns-start").start(this::keepTrying);
        }
    }

    private void keepTrying() {
        try {
            while (!closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS) && !tryToListen()) {
                LOG.atDebug().log("cluster DNS waits for its port");
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean tryToListen() {
        if (closing.getCount() == 0) {
            return true;
        }
        try {
            giveAddress();
            server = DnsServer.open(config.listen(), responder);
            LOG.atInfo()
                    .addKeyValue("address", config.listen())
                    .addKeyValue("service", config.serviceAddress())
                    .log("cluster DNS answers");
            return true;
        } catch (IOException | CommandFailed failure) {
            LOG.atError()
                    .addKeyValue("address", config.listen())
                    .addKeyValue("why", failure.getMessage())
                    .log("cluster DNS cannot listen, find out what holds the port; will try again");
            return false;
        }
    }

    /** The loopback device holds it: no other device is sure to be there before the first pod. */
    private void giveAddress() {
        InetAddress address = config.listen().getAddress();
        if (!address.isLoopbackAddress()) {
            Command.of(
                            IP_DEADLINE,
                            "ip",
                            "address",
                            "replace",
                            address.getHostAddress() + "/32",
                            "dev",
                            "lo",
                            "scope",
                            "host")
                    .runOrThrow();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        synchronized (this) {
            if (server != null) {
                server.close();
            }
        }
    }
}
