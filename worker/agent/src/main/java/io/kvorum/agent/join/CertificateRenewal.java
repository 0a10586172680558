package io.kvorum.agent.join;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews a node's certificates long before they end, on a thread of its own until it is closed. */
public final class CertificateRenewal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);
    private static final Duration LOOK = Duration.ofHours(1);

    private final Enrolment enrolment;
    private final NodeCredentials credentials;
    private final CountDownLatch closing = new CountDownLatch(1);

    public CertificateRenewal(Enrolment enrolment, NodeCredentials credentials) {
        this.enrolment = enrolment;
        this.credentials = credentials;
    }

    public void start() {
        Thread.ofVirtual().name("certificate-renewal").start(this::run);
    }

    private void run() {
        try {
            do {
                look();
            } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            enrolment.renew(credentials);
        } catch (RuntimeException failure) {
            LOG.atWarn()
                    .addKeyValue("why", failure.getMessage())
                    .log("certificates of this node cannot be renewed yet, will try again");
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
