package io.kvorum.houserules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which room may know which: the drawing of docs/ARCHITECTURE.md, enforced. */
class DirectionsTest {
    private static final String HOUSE = "io.kvorum.";

    /** Every room and the rooms it may use. A room that is not in this list breaks the test. */
    private static final Map<String, Set<String>> MAY_USE = directions();

    private static JavaClasses house;

    private static Map<String, Set<String>> directions() {
        Map<String, Set<String>> rooms = new TreeMap<>();
        rooms.put("model", Set.of());
        rooms.put("apimachinery", Set.of("model"));
        rooms.put("pki", Set.of("model"));
        rooms.put("http", Set.of("model"));
        rooms.put("tunnel", Set.of());
        rooms.put("mvcc", Set.of("model"));
        rooms.put("raft", Set.of("model"));
        rooms.put("backend", Set.of("model"));
        rooms.put("jraft", Set.of("model", "raft"));
        rooms.put("engine", Set.of("model", "mvcc", "raft", "backend"));
        rooms.put("snapshot", Set.of("model", "engine", "mvcc", "raft"));
        rooms.put("sql", Set.of("model", "engine", "mvcc"));
        rooms.put("registry", Set.of("model", "apimachinery", "mvcc", "engine"));
        rooms.put("apiserver", Set.of("model", "apimachinery", "pki", "http", "registry"));
        rooms.put("supervisor", Set.of("model", "pki", "http", "tunnel"));
        rooms.put("etcdserver", Set.of("model", "mvcc", "raft", "engine", "snapshot", "http"));
        rooms.put("client", Set.of("model", "http"));
        rooms.put("controllers", Set.of("model", "client"));
        rooms.put("scheduler", Set.of("model", "client"));
        rooms.put("cri", Set.of("model"));
        rooms.put("network", Set.of("model", "client"));
        rooms.put("kubelet", Set.of("model", "client", "http", "cri", "network"));
        rooms.put("agent", Set.of("model", "client", "pki", "tunnel"));
        rooms.put("etcdctl", Set.of("model", "snapshot"));
        rooms.put("crictl", Set.of("model", "cri", "etcdctl"));
        Set<String> everything = new TreeSet<>(rooms.keySet());
        rooms.put("node", everything);
        rooms.put("cli", Set.of("model", "pki", "etcdctl", "node"));
        rooms.put("junit", Set.of("model", "node"));
        return rooms;
    }

    @BeforeAll
    static void read() {
        house = House.read();
    }

    @Test
    void aRoomUsesOnlyTheRoomsBelowIt() {
        List<String> breaches = new ArrayList<>();
        for (JavaClass user : house) {
            String room = roomOf(user.getPackageName());
            Set<String> allowed = MAY_USE.get(room);
            assertThat(allowed).as("room %s of %s", room, user.getName()).isNotNull();
            user.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getPackageName())
                    .filter(target -> target.startsWith(HOUSE))
                    .map(DirectionsTest::roomOf)
                    .filter(target -> !target.equals(room) && !allowed.contains(target))
                    .distinct()
                    .forEach(target -> breaches.add(user.getName() + " uses " + target));
        }
        assertThat(breaches).isEmpty();
    }

    @Test
    void everyRoomIsThere() {
        Set<String> found = house.stream()
                .map(each -> roomOf(each.getPackageName()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(MAY_USE.keySet()).containsAll(found);
        assertThat(found).contains("mvcc", "engine", "registry", "apiserver", "kubelet", "controllers", "node");
    }

    @Test
    void onlyTheLogsRoomKnowsTheConsensusLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.kvorum.jraft..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.alipay..")
                .check(house);
    }

    @Test
    void onlyTheRoomsOfWireProtocolsKnowNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.kvorum.jraft..", "io.kvorum.cri..", "io.kvorum.crictl.stream..", "io.kvorum.etcdserver..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(house);
    }

    @Test
    void controllersDoNotKnowEachOther() {
        slices().matching("io.kvorum.controllers.(*)..")
                .should()
                .notDependOnEachOther()
                .check(house);
    }

    private static String roomOf(String packageName) {
        String below = packageName.substring(HOUSE.length());
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }

    /** The compiled house without its tests. */
    static final class House {
        private House() {}

        static JavaClasses read() {
            return new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.kvorum");
        }
    }
}
