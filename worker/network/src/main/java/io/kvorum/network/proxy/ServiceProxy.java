package io.kvorum.network.proxy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's nftables in line with the cluster's Services. Made before the informers start, started after; its own
 * thread does the work. Closing leaves the rules, so that connections go on while the process restarts.
 */
public final class ServiceProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
    /** Changes come in flocks; one transaction takes them all. */
    private static final Duration GATHER = Duration.ofMillis(50);

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration NFT_DEADLINE = Duration.ofSeconds(30);

    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final ServiceTable table;
    private final String clusterCidr;
    /** One waiting change stands for all. */
    private final BlockingQueue<Boolean> changed = new ArrayBlockingQueue<>(1);

    private String applied = "";
    private volatile boolean closed;
    private Thread worker = Thread.currentThread();

    public ServiceProxy(Informers informers, String nodeName, String clusterCidr) {
        this.services = informers.of(Service.class).onChange((before, after) -> changed.offer(true));
        this.slices = informers.of(EndpointSlice.class).onChange((before, after) -> changed.offer(true));
        this.table = new ServiceTable(nodeName);
        this.clusterCidr = clusterCidr;
    }

    public void start() {
        changed.offer(true);
        worker = Thread.ofVirtual().name("service-proxy").start(this::follow);
    }

    private void follow() {
        try {
            while (!closed) {
                if (changed.poll(1, TimeUnit.MINUTES) != null) {
                    Thread.sleep(GATHER);
                    changed.clear();
                    if (!apply()) {
                        Thread.sleep(RETRY);
                        changed.offer(true);
                    }
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean apply() {
        String script = NftScript.of(table.rules(services.all(), slices.all()), clusterCidr);
        if (script.equals(applied)) {
            return true;
        }
        try {
            new Command(List.of("nft", "-f", "-"), script, NFT_DEADLINE).runOrThrow();
            applied = script;
            return true;
        } catch (CommandFailed failure) {
            LOG.atError().setCause(failure).log("service rules cannot be loaded, will try again");
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        worker.interrupt();
    }
}
