package io.kvorum.apimachinery.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"2026-01-02T03:04:05Z", "1969-12-31T23:59:59Z", "2024-02-29T00:00:00Z", "0001-01-01T00:00:00Z"})
    void wholeSecondsAreReadAsTheGeneralParserReadsThem(String text) {
        assertThat(TimeText.parse(text)).isEqualTo(Instant.parse(text));
        assertThat(TimeText.seconds(TimeText.parse(text).getEpochSecond())).isEqualTo(text);
    }

    @Test
    void offsetsAndFractionsAreReadToo() {
        assertThat(TimeText.parse("2026-01-02T05:04:05.123456+02:00"))
                .isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z", "20x6-01-02T03:04:05Z", "yesterday"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> TimeText.parse(text)).isInstanceOf(UnfitTree.class);
    }
}
