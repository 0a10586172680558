package io.kvorum.network.dns;

import io.kvorum.network.dns.Responder.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Asks the servers outside, one after the other, and remembers answers for a short while. Any thread; waits. */
final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    /** More callers at once are told to try again; a dead server must not gather threads without end. */
    private static final int MOST_AT_ONCE = 256;

    /** How long a server that did not answer is asked last. */
    private static final Duration SULK = Duration.ofSeconds(10);

    private final Supplier<List<InetSocketAddress>> servers;
    private final Duration timeout;
    private final InstantSource clock;
    private final AnswerCache cache;
    private final UpstreamExchange exchange;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);
    /** Bounded by the lines of resolv.conf in practice, cleared when it outgrows them. */
    private final Map<InetSocketAddress, Instant> silentSince = new ConcurrentHashMap<>();

    Forwarder(
            Supplier<List<InetSocketAddress>> servers, Duration timeout, InstantSource clock, RandomGenerator chance) {
        this.servers = servers;
        this.timeout = timeout;
        this.clock = clock;
        this.cache = new AnswerCache(clock);
        this.exchange = new UpstreamExchange(chance);
    }

    /** Empty when no server answered. */
    Optional<Message> forward(Message query, Transport transport) {
        Optional<Message> known = cache.find(query);
        if (known.isPresent()) {
            return known;
        }
        if (!room.tryAcquire()) {
            LOG.atWarn().addKeyValue("most", MOST_AT_ONCE).log("too many questions wait for name servers outside");
            return Optional.empty();
        }
        try {
            return ask(query, transport);
        } finally {
            room.release();
        }
    }

    private Optional<Message> ask(Message query, Transport transport) {
        Optional<Message> failure = Optional.empty();
        for (InetSocketAddress server : inOrder()) {
            try {
                Message answer = exchange.ask(server, query, transport, timeout);
                silentSince.remove(server);
                if (!isFailure(answer)) {
                    cache.keep(query, answer);
                    return Optional.of(answer);
                }
                failure = Optional.of(answer);
            } catch (IOException silent) {
                silentSince.put(server, clock.instant());
                LOG.atDebug().addKeyValue("server", server).setCause(silent).log("name server does not answer");
            }
        }
        return failure;
    }

    private static boolean isFailure(Message answer) {
        int code = answer.getRcode();
        return code == Rcode.SERVFAIL || code == Rcode.REFUSED || code == Rcode.NOTIMP;
    }

    private List<InetSocketAddress> inOrder() {
        List<InetSocketAddress> ordered = new ArrayList<>(servers.get());
        if (silentSince.size() > ordered.size()) {
            silentSince.keySet().retainAll(ordered);
        }
        Instant now = clock.instant();
        ordered.sort(Comparator.comparing(server -> isSulking(server, now)));
        return ordered;
    }

    private boolean isSulking(InetSocketAddress server, Instant now) {
        Instant since = silentSince.get(server);
        return since != null && Duration.between(since, now).abs().compareTo(SULK) < 0;
    }
}
