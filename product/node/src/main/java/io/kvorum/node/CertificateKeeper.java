package io.kvorum.node;

import io.kvorum.pki.CertificateReport;
import io.kvorum.pki.CertificateReport.Line;
import io.kvorum.pki.ServerCertificates;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a server's certificates before they end, or when somebody put them aside, while the server runs; on a virtual
 * thread of its own. What is left of each is shown as K3s's metric.
 */
final class CertificateKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final ServerCertificates certificates;
    private final CertificateReport report;
    private final InstantSource clock;
    private final Listener listener;
    private final Gauge left;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Hears of certificates, on the keeper's thread. */
    interface Listener {
        /** What holds a copy of the admin's certificate is to be written again. */
        void adminRenewed();

        /** After each look, what there is now. */
        void seen(List<Line> lines);
    }

    CertificateKeeper(
            ServerCertificates certificates,
            Path dataFolder,
            InstantSource clock,
            PrometheusRegistry metrics,
            Listener listener) {
        this.certificates = certificates;
        this.report = new CertificateReport(dataFolder);
        this.clock = clock;
        this.listener = listener;
        this.left = Gauge.builder()
                .name("k3s_certificate_expiration_seconds")
                .help("Remaining lifetime of the certificates of this node, in seconds.")
                .labelNames("subject", "usages")
                .register(metrics);
    }

    void start() {
        Thread.ofVirtual().name("certificates").start(this::run);
    }

    private void run() {
        try {
            do {
                look();
            } while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at all certificates. A full disk or a damaged file is reported and looked at again. */
    void look() {
        try {
            List<Path> renewed = certificates.renewDue();
            renewed.forEach(file -> LOG.atInfo().addKeyValue("file", file).log("renewed a certificate"));
            if (renewed.stream().anyMatch(file -> file.endsWith("client-admin.crt"))) {
                listener.adminRenewed();
            }
            List<Line> lines = report.lines(List.of(), clock.instant());
            show(lines);
            listener.seen(lines);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("certificates could not be looked after; trying again");
        }
    }

    private void show(List<Line> lines) {
        Instant now = clock.instant();
        for (Line line : lines) {
            Duration rest = Duration.between(now, line.ends());
            left.labelValues(line.subject(), String.join(",", line.usages())).set((double) rest.toSeconds());
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
