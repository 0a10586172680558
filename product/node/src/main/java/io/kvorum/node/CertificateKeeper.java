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
    /** Authorities are not renewed by themselves: their end is announced a year ahead, once a day. */
    private static final Duration AUTHORITY_WARNING = Duration.ofDays(365);

    private static final Duration WARN_EVERY = Duration.ofDays(1);

    private final ServerCertificates certificates;
    private final CertificateReport report;
    private final InstantSource clock;
    private final Runnable adminRenewed;
    private final Gauge left;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Instant lastWarning = Instant.MIN;

    /** @param adminRenewed writes what holds a copy of the admin's certificate */
    CertificateKeeper(
            ServerCertificates certificates,
            Path dataFolder,
            InstantSource clock,
            PrometheusRegistry metrics,
            Runnable adminRenewed) {
        this.certificates = certificates;
        this.report = new CertificateReport(dataFolder);
        this.clock = clock;
        this.adminRenewed = adminRenewed;
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
                adminRenewed.run();
            }
            show(report.lines(List.of(), clock.instant()));
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("certificates could not be looked after; trying again");
        }
    }

    private void show(List<Line> lines) {
        Instant now = clock.instant();
        boolean isTimeToWarn = lastWarning.isBefore(now.minus(WARN_EVERY));
        for (Line line : lines) {
            Duration rest = Duration.between(now, line.ends());
            left.labelValues(line.subject(), String.join(",", line.usages())).set((double) rest.toSeconds());
            boolean isAuthority = line.usages().contains("CertSign");
            if (isTimeToWarn && isAuthority && rest.compareTo(AUTHORITY_WARNING) < 0) {
                lastWarning = now;
                LOG.atWarn()
                        .addKeyValue("authority", line.subject())
                        .addKeyValue("ends", line.ends())
                        .log("an authority of the cluster ends within a year");
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
