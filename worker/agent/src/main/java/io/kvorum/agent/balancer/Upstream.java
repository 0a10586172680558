package io.kvorum.agent.balancer;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server as seen from here, and the connections that go to it. Any thread.
 *
 * <pre>
 * UNKNOWN --serves--> SERVING <--serves steadily-- RETURNING
 *    |                   |                            ^  |
 *    +---- fails twice --+--------> FAILED --serves---+  |
 *                                     ^--- fails --------+
 * </pre>
 */
final class Upstream {
    /** In order of preference. */
    enum Standing {
        SERVING,
        UNKNOWN,
        RETURNING,
        FAILED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);
    /** One lost answer is no death: cutting connections costs more than a second of waiting. */
    private static final int FAILURES = 2;

    private final ServerAddress address;
    private final long rank;
    private final Duration steady;
    private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
    private final CountDownLatch removed = new CountDownLatch(1);
    private volatile boolean lastResort;
    private Standing standing = Standing.UNKNOWN;
    private int failures;
    private long returnedNanos;

    Upstream(ServerAddress address, String spread, Duration steady) {
        this.address = address;
        this.rank = mixed(spread + " " + address);
        this.steady = steady;
    }

    /** Different on each node, so that not all of them prefer the same server; the same after a restart. */
    private static long mixed(String text) {
        long hash = text.hashCode() * 0x9e3779b97f4a7c15L;
        hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
        return hash ^ (hash >>> 29);
    }

    ServerAddress address() {
        return address;
    }

    /** Whether it is of no list: the address that the node was told to join by, or a server listed before. */
    boolean isLastResort() {
        return lastResort;
    }

    void setLastResort(boolean isLastResort) {
        lastResort = isLastResort;
    }

    long rank() {
        return rank;
    }

    synchronized Standing standing() {
        return standing;
    }

    /** Whether it has just failed and the next check decides. */
    synchronized boolean isDoubted() {
        return failures > 0 && standing != Standing.FAILED;
    }

    /** Blocks until the next look is due; false when this server is no longer of the list. */
    boolean awaitNextCheck(Duration period) throws InterruptedException {
        return !removed.await(period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What a check or a connection found out. */
    void report(boolean isServing) {
        Standing before;
        Standing after;
        synchronized (this) {
            before = standing;
            failures = isServing ? 0 : failures + 1;
            standing = isServing ? better() : worse();
            after = standing;
        }
        if (after != before) {
            LOG.atInfo()
                    .addKeyValue("server", address)
                    .addKeyValue("before", before)
                    .addKeyValue("now", after)
                    .log("server's standing changed");
            if (after == Standing.FAILED) {
                cut();
            }
        }
    }

    private Standing better() {
        return switch (standing) {
            case SERVING, UNKNOWN -> Standing.SERVING;
            case FAILED -> {
                returnedNanos = System.nanoTime();
                yield Standing.RETURNING;
            }
            case RETURNING ->
                System.nanoTime() - returnedNanos >= steady.toNanos() ? Standing.SERVING : Standing.RETURNING;
        };
    }

    private Standing worse() {
        return switch (standing) {
            case SERVING, UNKNOWN -> failures >= FAILURES ? Standing.FAILED : standing;
            case RETURNING, FAILED -> Standing.FAILED;
        };
    }

    /** False when the server went away in between; the passage then looks for another one. */
    boolean admit(Passage passage) {
        passages.add(passage);
        if (removed.getCount() == 0) {
            passages.remove(passage);
            return false;
        }
        return true;
    }

    void leave(Passage passage) {
        passages.remove(passage);
    }

    /** Its clients learn now, and not after minutes of silence, that they must connect anew. */
    private void cut() {
        passages.forEach(Passage::close);
    }

    void remove() {
        removed.countDown();
        cut();
    }
}
