package io.kvorum.agent.join;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the servers again and again until one helps, since a node may be switched on long before its servers. */
final class Insistence {
    private static final Logger LOG = LoggerFactory.getLogger(Insistence.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Often enough for somebody who looks on, seldom enough for a log of a week. */
    private static final Duration SAY_AGAIN = Duration.ofSeconds(30);

    private final CountDownLatch closing;

    /** @param closing ends the insistence */
    Insistence(CountDownLatch closing) {
        this.closing = closing;
    }

    /**
     * @param what is asked for, for the log
     * @throws JoinRefused when a server said no for good, or the asking was ended
     */
    <T> T until(String what, Supplier<T> asking) throws InterruptedException {
        String said = "";
        long saidNanos = 0;
        do {
            String why;
            try {
                return asking.get();
            } catch (SupervisorUnreachable failure) {
                why = failure.getMessage();
            } catch (SupervisorRefused refusal) {
                if (!refusal.isForNow()) {
                    throw new JoinRefused(String.valueOf(refusal.getMessage()), refusal);
                }
                why = refusal.getMessage();
            }
            if (!Objects.equals(why, said) || System.nanoTime() - saidNanos > SAY_AGAIN.toNanos()) {
                said = String.valueOf(why);
                saidNanos = System.nanoTime();
                LOG.atWarn().addKeyValue("wanted", what).addKeyValue("why", why).log("no server helps yet, trying on");
            }
        } while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        throw new JoinRefused("stopped before a server answered");
    }
}
