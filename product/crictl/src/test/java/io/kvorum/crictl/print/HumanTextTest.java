package io.kvorum.crictl.print;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTextTest {
    @ParameterizedTest
    @CsvSource({
        "PT0.5S, Less than a second ago",
        "PT1S, 1 second ago",
        "PT59S, 59 seconds ago",
        "PT61S, About a minute ago",
        "PT59M, 59 minutes ago",
        "PT61M, About an hour ago",
        "PT90M, 2 hours ago",
        "PT47H, 47 hours ago",
        "PT49H, 2 days ago",
        "P15D, 2 weeks ago",
        "P70D, 2 months ago",
        "P800D, 2 years ago"
    })
    void ageIsRough(Duration age, String text) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        assertThat(HumanText.ago(now.minus(age), now)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0B, 0B",
        "999, 999B, 999B",
        "1000, 1kB, 1kB",
        "1154361, 1.15MB, 1.154MB",
        "742472, 742kB, 742.5kB",
        "4500000, 4.5MB, 4.5MB",
        "12345678901, 12.3GB, 12.35GB"
    })
    void sizesAreInThousands(long bytes, String three, String four) {
        assertThat(HumanText.size(bytes, 3)).isEqualTo(three);
        assertThat(HumanText.size(bytes)).isEqualTo(four);
    }

    @Test
    void momentsHaveAsManyDecimalsAsNeeded() {
        Instant moment = Instant.parse("2026-01-02T03:04:05.120Z");

        assertThat(HumanText.timestamp(moment, ZoneOffset.UTC)).isEqualTo("2026-01-02T03:04:05.12Z");
        assertThat(HumanText.timestamp(Instant.EPOCH, ZoneId.of("Europe/Berlin")))
                .isEqualTo("1970-01-01T01:00:00+01:00");
        assertThat(HumanText.wallClock(moment, ZoneId.of("Europe/Berlin")))
                .isEqualTo("2026-01-02 04:04:05.12 +0100 CET");
        assertThat(HumanText.wallClock(moment, ZoneId.of("UTC"))).isEqualTo("2026-01-02 03:04:05.12 +0000 UTC");
    }
}
