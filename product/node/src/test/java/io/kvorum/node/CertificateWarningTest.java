package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.pki.CertificateReport.Line;
import io.kvorum.pki.CertificateReport.Standing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateWarningTest {
    private static final Instant BIRTH = Instant.parse("2026-03-01T12:00:00Z");

    private final List<String> told = new ArrayList<>();
    private Instant now = BIRTH;
    private final CertificateWarning warning = new CertificateWarning(told::add, () -> now);

    private static Line authority(Duration rest) {
        return line("k3s-server-ca", "CertSign", rest);
    }

    private static Line leaf(Duration rest) {
        return line("kube-apiserver", "ServerAuth", rest);
    }

    private static Line line(String subject, String usage, Duration rest) {
        return new Line(Path.of("tls"), "file.crt", subject, List.of(usage), BIRTH, BIRTH.plus(rest), Standing.OK);
    }

    private static Duration days(long days) {
        return Duration.ofDays(days);
    }

    @Test
    void anAuthorityIsAnnouncedAYearAheadAndALeafWhenItsRenewalMustHaveFailed() {
        warning.look(List.of(authority(days(366)), leaf(days(31))));
        assertThat(told).isEmpty();

        now = BIRTH.plus(days(2));
        warning.look(List.of(authority(days(366)), leaf(days(31))));

        assertThat(told).hasSize(2);
        assertThat(told.getFirst()).contains("k3s-server-ca", "rotate-ca");
        assertThat(told.getLast()).contains("kube-apiserver", "could not be renewed");
    }

    @Test
    void itIsToldTwiceADayInTheSameWords() {
        for (int hour = 0; hour < 71; hour++) {
            now = BIRTH.plus(Duration.ofHours(hour));
            warning.look(List.of(authority(days(100))));
        }

        assertThat(told).hasSize(6);
        assertThat(told.stream().distinct()).hasSize(1);
    }

    @Test
    void aClockThatWasSetBackDoesNotSilenceIt() {
        now = BIRTH.plus(days(3000));
        warning.look(List.of(authority(days(3001))));
        now = BIRTH;

        warning.look(List.of(authority(days(100))));

        assertThat(told).hasSize(2);
    }
}
