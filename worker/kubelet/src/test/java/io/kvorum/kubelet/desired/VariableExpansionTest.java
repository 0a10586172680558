package io.kvorum.kubelet.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class VariableExpansionTest {
    private static final Map<String, String> KNOWN = Map.of("A", "1", "B", "two");

    @Test
    void knownNamesAreReplacedAndUnknownOnesStay() {
        assertThat(VariableExpansion.expand("x$(A)y$(B)z$(C)", KNOWN)).isEqualTo("x1ytwoz$(C)");
    }

    @Test
    void twoDollarsAreOneAndKeepWhatFollows() {
        assertThat(VariableExpansion.expand("$$(A) $ $", KNOWN)).isEqualTo("$(A) $ $");
    }

    @Test
    void anOpenBracketWithoutEndStays() {
        assertThat(VariableExpansion.expand("$(A", KNOWN)).isEqualTo("$(A");
    }
}
