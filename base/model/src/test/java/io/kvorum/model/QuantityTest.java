package io.kvorum.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "100m, 100m",
        "1000m, 1",
        "0.5, 500m",
        "1.5, 1500m",
        "1, 1",
        "0, 0",
        "0Gi, 0",
        "1Gi, 1Gi",
        "1.5Gi, 1536Mi",
        "0.5Gi, 512Mi",
        "1024Mi, 1Gi",
        "1023, 1023",
        "512Ki, 512Ki",
        "0.5Ki, 512",
        "1e3, 1e3",
        "12e6, 12e6",
        "1500e3, 1500e3",
        "100000, 100k",
        "1E, 1E",
        "1E3, 1e3",
        "10k, 10k",
        "1500k, 1500k",
        "-1.5, -1500m",
        "+5, 5",
        ".5, 500m",
        "5., 5",
        "0.0000000001, 1n",
        "1u, 1u",
        "3.3Ki, 3379200m",
        "9223372036854775808, 9223372036854775807",
        "100E, 9223372036854775807"
    })
    void aQuantityIsWrittenInItsCanonicalForm(String given, String canonical) {
        assertThat(Quantity.parse(given)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "-", ".", "1.2.3", "Gi", "1 Gi"})
    void whatHasNoNumberIsRefusedWithTheRegularExpression(String text) {
        assertThatThrownBy(() -> Quantity.parse(text))
                .isInstanceOf(Quantity.Malformed.class)
                .hasMessageStartingWith("quantities must match the regular expression");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1i", "1mi", "1ki", "1Kii", "1e1.5", "1e99999999", "1K"})
    void anUnknownSuffixIsRefused(String text) {
        assertThatThrownBy(() -> Quantity.parse(text)).isInstanceOf(Quantity.Malformed.class);
    }

    @Test
    void equalityLooksAtTheAmountAlone() {
        assertThat(Quantity.parse("1Gi")).isEqualTo(Quantity.parse("1073741824"));
        assertThat(Quantity.parse("1Gi")).hasSameHashCodeAs(Quantity.parse("1024Mi"));
        assertThat(Quantity.parse("1Gi")).isGreaterThan(Quantity.parse("1G"));
    }

    @Test
    void wholeAndThousandthUnitsAreRoundedUp() {
        assertThat(Quantity.parse("100m").units()).isEqualTo(1);
        assertThat(Quantity.parse("100m").milliUnits()).isEqualTo(100);
        assertThat(Quantity.parse("1u").milliUnits()).isEqualTo(1);
        assertThat(Quantity.parse("64Mi").units()).isEqualTo(64L << 20);
        assertThat(Quantity.parse("8E").milliUnits()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void sumsKeepTheFormatOfTheFirstThatIsNotZero() {
        assertThat(Quantity.parse("1Gi").plus(Quantity.parse("512Mi"))).hasToString("1536Mi");
        assertThat(Quantity.ZERO.plus(Quantity.parse("1Gi"))).hasToString("1Gi");
        assertThat(Quantity.parse("1").minus(Quantity.parse("250m"))).hasToString("750m");
    }
}
