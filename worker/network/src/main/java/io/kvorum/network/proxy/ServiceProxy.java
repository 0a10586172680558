package io.kvorum.network.proxy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
    private static final Duration CONNTRACK_DEADLINE = Duration.ofSeconds(10);

    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final ServiceTable table;
    private final ProxyConfig config;
    private final HealthChecks healthChecks;
    /** One waiting change stands for all. */
    private final BlockingQueue<Boolean> changed = new ArrayBlockingQueue<>(1);

    /** What the kernel has; null when that is not known. */
    private @Nullable NftTable loaded;

    private SortedSet<DatagramFlow> flows = Collections.emptySortedSet();
    private volatile boolean closed;
    private Thread worker = Thread.currentThread();

    public ServiceProxy(Informers informers, ProxyConfig config) {
        this.services = informers.of(Service.class).onChange((before, after) -> changed.offer(true));
        this.slices = informers.of(EndpointSlice.class).onChange((before, after) -> changed.offer(true));
        this.table = new ServiceTable(config.nodeName());
        this.config = config;
        this.healthChecks = new HealthChecks(config.nodeAddress());
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
        } finally {
            healthChecks.close();
        }
    }

    private boolean apply() {
        List<Service> allServices = services.all();
        List<ServicePortRules> rules = table.rules(allServices, slices.all());
        try {
            load(NftTableBuilder.table(rules, config));
            forget(DatagramFlow.of(rules));
            healthChecks.serve(table.healthChecks(allServices, rules));
            return true;
        } catch (CommandFailed failure) {
            loaded = null; // whatever is there now, the next attempt replaces it
            LOG.atError().setCause(failure).log("service rules cannot be loaded, will try again");
            return false;
        }
    }

    private void load(NftTable wanted) {
        String script = loaded == null ? NftScript.whole(wanted) : NftScript.change(loaded, wanted);
        if (!script.isEmpty()) {
            new Command(List.of("nft", "-f", "-"), script, NFT_DEADLINE).runOrThrow();
        }
        loaded = wanted;
    }

    /** Only after the new rules are in force, or the kernel would learn the old way again. */
    private void forget(SortedSet<DatagramFlow> now) {
        SortedSet<DatagramFlow> gone = new TreeSet<>(flows);
        gone.removeAll(now);
        flows = now;
        for (DatagramFlow flow : gone) {
            try {
                new Command(flow.forget(), "", CONNTRACK_DEADLINE).run();
            } catch (CommandFailed failure) {
                LOG.atWarn()
                        .addKeyValue("why", failure.getMessage())
                        .log("the kernel may send datagrams to ended pods for a while");
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        worker.interrupt();
    }
}
