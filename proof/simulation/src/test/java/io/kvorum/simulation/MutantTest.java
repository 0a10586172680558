package io.kvorum.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proof that the invariants see what they are there for. */
class MutantTest {
    private static final int MOST_SEEDS = 40;

    /** By which rules each may be found: another would mean that the simulation itself is broken. */
    private static final Map<Mutant, List<String>> RULES = Map.of(
            Mutant.CUTS_THE_LOG_TOO_EARLY,
            List.of("the log reaches back to what is on disk"),
            Mutant.DROPS_A_SYNC,
            List.of(
                    "the simulated log",
                    "an acknowledged write is never lost",
                    "a linearizable read is never stale",
                    "one history",
                    "all ends well"),
            Mutant.FORGETS_WHAT_IT_APPLIED,
            List.of(
                    "what is on disk survives a crash",
                    "revisions never go back",
                    "every revision is published",
                    "one history"),
            Mutant.APPLIES_TWICE,
            List.of("a write happens once", "one history"),
            Mutant.SKIPS_AN_ENTRY,
            List.of(
                    "one history",
                    "equal state at equal revision",
                    "a linearizable read is never stale",
                    "an acknowledged write is never lost",
                    "a lease is there until it ends",
                    "revisions follow real time"),
            Mutant.READS_STALE,
            List.of("a linearizable read is never stale"),
            Mutant.EXPIRES_EARLY,
            List.of("a lease never expires early"),
            Mutant.LOSES_AN_EVENT,
            List.of("a watch is ordered, unique, atomic and without gaps"),
            Mutant.RESUMES_TOO_LATE,
            List.of("a watch is ordered, unique, atomic and without gaps", "a watch tells how far it is"),
            Mutant.IGNORES_THE_FENCE,
            List.of("a deposed leader writes nothing"));

    @ParameterizedTest
    @EnumSource(value = Mutant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aBrokenMemberIsFoundWithinAFewSeeds(Mutant mutant) {
        Optional<String> rule = Optional.empty();
        for (long seed = 1; seed <= MOST_SEEDS && rule.isEmpty(); seed++) {
            rule = brokenRule(seed, mutant);
        }
        assertThat(rule).isPresent();
        assertThat(RULES.getOrDefault(mutant, List.of())).contains(rule.orElseThrow());
    }

    private static Optional<String> brokenRule(long seed, Mutant mutant) {
        try {
            Simulation.run(seed, mutant);
            return Optional.empty();
        } catch (Simulation.SeedFailed e) {
            return Optional.of(e.getCause() instanceof Violation violation ? violation.rule() : e.toString());
        }
    }
}
