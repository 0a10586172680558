package io.kvorum.houserules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls that have no business in some rooms: clocks and chance in replicated code, standard output outside the cli. */
class BannedCallsTest {
    /** Written by the protobuf compiler. */
    private static final List<String> GENERATED =
            List.of("io.kvorum.cri.events", "io.kvorum.cri.runtime", "io.kvorum.jraft.wire.proto");

    private static JavaClasses house;

    @BeforeAll
    static void read() {
        house = DirectionsTest.House.read();
    }

    @Test
    void theDataModelHasNoClockNoChanceNoThreadsAndNoDisk() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.mvcc..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.(time|nio\\.file|io\\.File|util\\.Random|lang\\.Thread|util\\.concurrent\\.(Exec|Thread)).*")
                .check(house);
    }

    @Test
    void nobodyTakesChanceFromTheThread() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class)
                .check(house);
    }

    @Test
    void storeAndServeAskAnInjectedClock() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.kvorum.mvcc..", "io.kvorum.engine..", "io.kvorum.registry..", "io.kvorum.apimachinery..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(house);
    }

    @Test
    void onlyTheCommandLinesEndTheProcessOrWriteToStandardOutput() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.kvorum.cli..", "io.kvorum.etcdctl..", "io.kvorum.crictl..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .accessField(System.class, "out")
                .check(house);
    }

    @Test
    void everyPackageSaysThatNullIsMarked() {
        List<String> unmarked = house.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .filter(name -> !GENERATED.contains(name))
                .sorted()
                .toList();

        assertThat(unmarked).isEmpty();
    }
}
