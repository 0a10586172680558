package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.pki.CertificateReport;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerCertificates;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateKeeperTest {
    private static final Instant BIRTH = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path data;

    private Instant now = BIRTH;
    private final InstantSource clock = () -> now;

    @Test
    void aServerThatNeverRestartsNeverShowsAnEndedCertificate() {
        ServerCertificates certificates = ServerCertificates.open(data.resolve("server/tls"), clock);
        ReloadableKeyManager shown = certificates.live(certificates.controllerManager());
        certificates.admin();
        var metrics = new PrometheusRegistry();
        var listener = new CountingListener();
        try (var keeper = new CertificateKeeper(certificates, data, clock, metrics, listener)) {
            for (int day = 0; day < 730; day += 5) {
                now = BIRTH.plus(Duration.ofDays(day));
                keeper.look();
                assertThat(shown.identity().certificate().getNotAfter().toInstant())
                        .isAfter(now.plus(Duration.ofDays(100)));
            }
        }
        assertThat(listener.rewritten).isBetween(2, 4);
        assertThat(leastSecondsLeft(metrics))
                .isGreaterThan((double) Duration.ofDays(100).toSeconds());
    }

    private static final class CountingListener implements CertificateKeeper.Listener {
        private int rewritten;

        @Override
        public void adminRenewed() {
            rewritten++;
        }

        @Override
        public void seen(List<CertificateReport.Line> lines) {
            assertThat(lines).isNotEmpty();
        }
    }

    private static double leastSecondsLeft(PrometheusRegistry metrics) {
        return metrics.scrape().stream()
                .filter(GaugeSnapshot.class::isInstance)
                .map(GaugeSnapshot.class::cast)
                .filter(gauge -> gauge.getMetadata().getName().equals("k3s_certificate_expiration_seconds"))
                .flatMap(gauge -> gauge.getDataPoints().stream())
                .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
                .min()
                .orElseThrow();
    }
}
