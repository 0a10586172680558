package io.kvorum.etcdctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same sessions with the real etcdctl and with ours, each against real etcd servers of its own. */
class GoldenSessionTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needsRealEtcd() {
        assumeTrue(RealEtcd.installed(), "no real etcd and etcdctl in /usr/bin to compare with");
    }

    @Test
    void keysAndTransactionsReadTheSame() throws Exception {
        compare("keys", 1, false);
    }

    @Test
    void leasesWatchesAndLocksReadTheSame() throws Exception {
        compare("leases", 1, false);
    }

    @Test
    void usersAndRolesReadTheSame() throws Exception {
        compare("users", 1, false);
    }

    @Test
    void maintenanceReadsTheSame() throws Exception {
        compare("maintenance", 1, false);
    }

    @Test
    void threeMembersReadTheSame() throws Exception {
        try (RealEtcd both = new RealEtcd(folder.resolve("both"), 3, false)) {
            // one cluster for both: the order of members depends on their ids
            Player real = new Player(both, true, always(both, false));
            Player ours = new Player(both, false, always(both, false));
            assertThat(differences("members", real, ours)).isEmpty();
        }
    }

    @Test
    void mutualTlsReadsTheSame() throws Exception {
        compare("tls", 1, true);
    }

    private void compare(String session, int members, boolean tls) throws Exception {
        try (RealEtcd first = new RealEtcd(folder.resolve("real"), members, tls);
                RealEtcd second = new RealEtcd(folder.resolve("ours"), members, tls)) {
            Player real = new Player(first, true, always(first, tls));
            Player ours = new Player(second, false, always(second, tls));
            assertThat(differences(session, real, ours)).isEmpty();
        }
    }

    private static List<String> differences(String session, Player real, Player ours) throws Exception {
        List<String> differences = new ArrayList<>();
        for (String step : steps(session)) {
            String expected = real.play(step);
            String found = ours.play(step);
            if (!expected.equals(found)) {
                differences.add("$ etcdctl " + step + "\n--- real\n" + expected + "\n--- ours\n" + found + "\n");
            }
        }
        return differences;
    }

    private static List<String> always(RealEtcd etcd, boolean tls) {
        List<String> always = new ArrayList<>(List.of("--endpoints=" + etcd.endpoints()));
        if (tls) {
            always.add("--cacert=" + etcd.folder().resolve("ca.crt"));
            always.add("--cert=" + etcd.folder().resolve("client.crt"));
            always.add("--key=" + etcd.folder().resolve("client.key"));
        }
        return always;
    }

    /** One step a line; "\n" in it is a new line of its standard input. */
    private static List<String> steps(String session) throws Exception {
        try (var in = GoldenSessionTest.class.getResourceAsStream("/sessions/" + session + ".txt")) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.replace("\\n", "\n"))
                    .toList();
        }
    }
}
