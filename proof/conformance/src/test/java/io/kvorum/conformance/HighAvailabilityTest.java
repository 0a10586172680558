package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What may happen to three servers on a site, while a client writes and reads all the time. */
@Tag("ha")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HighAvailabilityTest {
    private static final List<String> HOSTS = List.of("h1", "h2", "h3");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private static Lab lab;
    private static ServerCluster cluster;
    private static Witness witness;

    @BeforeAll
    static void start() {
        lab = Lab.up("ha", "10.94.0", 4);
        cluster = new ServerCluster(lab);
        cluster.form(HOSTS);
        witness = new Witness(lab, "witness", cluster.kubeconfig("h1"), HOSTS);
    }

    @AfterAll
    static void stop() throws IOException {
        if (witness != null) {
            witness.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @AfterEach
    void allIsWellAgain() {
        HOSTS.forEach(lab::heal);
        HOSTS.forEach(cluster::awaitReady);
        witness.awaitWrites(5, SOON);
        HOSTS.forEach(host -> Await.until("three voters at " + host, SOON, () -> cluster.voters(host) == 3));
        witness.forgetGap();
        witness.forgetFailedReads();
    }

    private static List<String> othersThan(String host) {
        return HOSTS.stream().filter(other -> !other.equals(host)).toList();
    }

    @Test
    @Order(1)
    void aFollowersPowerCutIsNotNoticedByWriters() {
        String follower = othersThan(cluster.leader(HOSTS)).getLast();

        lab.powerOff(follower);
        witness.awaitWrites(50, SOON);
        witness.judge("a follower lost power");

        cluster.powerOn(follower);
        cluster.awaitReady(follower);
        witness.judge("a follower came back");
    }

    @Test
    @Order(2)
    void theLeadersPowerCutStopsWritersForAMoment() {
        String leader = cluster.leader(HOSTS);

        lab.powerOff(leader);
        witness.awaitWrites(50, SOON);
        Duration gap = witness.longestGap();
        witness.judge("the leader lost power");
        assertThat(gap).isLessThan(Duration.ofSeconds(10));

        cluster.powerOn(leader);
        cluster.awaitReady(leader);
        witness.judge("the old leader came back");
    }

    @Test
    @Order(3)
    void aLeaderThatIsStoppedForHalfAMinuteIsReplacedAndComesBackAsAFollower() {
        String leader = cluster.leader(HOSTS);

        cluster.kill(leader, "STOP");
        long begun = System.nanoTime();
        witness.awaitWrites(50, SOON);
        witness.judge("the leader was stopped");
        String next = cluster.leader(othersThan(leader));
        Await.until("half a minute", SOON, () -> System.nanoTime() - begun > PAUSE.toNanos());
        cluster.kill(leader, "CONT");
        cluster.awaitReady(leader);
        witness.awaitWrites(50, SOON);

        witness.judge("the old leader went on");
        assertThat(cluster.leader(HOSTS)).isEqualTo(next);
    }

    @Test
    @Order(4)
    void aLeaderThatIsCutOffServesOldReadsWithAWarningAndComesBack() {
        String leader = cluster.leader(HOSTS);

        lab.cut(leader, othersThan(leader).toArray(String[]::new));
        witness.awaitWrites(50, SOON);
        int warned = witness.warnedReads();
        Await.until("reads with a Warning", SOON, () -> witness.warnedReads() > warned + 5);
        lab.heal(leader);

        cluster.awaitReady(leader);
        witness.awaitWrites(20, SOON);
        witness.judge("the leader was cut off and healed");
    }

    @Test
    @Order(5)
    void aLeaderWhoseWordsAreLostIsReplaced() {
        String leader = cluster.leader(HOSTS);

        lab.mute(leader, othersThan(leader).toArray(String[]::new));
        witness.awaitWrites(50, SOON);
        lab.heal(leader);

        cluster.awaitReady(leader);
        witness.judge("the leader could hear but not be heard");
    }

    @Test
    @Order(6)
    void aFollowerWhoseWordsAreLostDeposesNobody() {
        String leader = cluster.leader(HOSTS);
        String follower = othersThan(leader).getFirst();
        witness.ask(othersThan(follower));

        lab.mute(follower, othersThan(follower).toArray(String[]::new));
        witness.awaitWrites(200, SOON);
        witness.judge("a follower could hear but not be heard");
        lab.heal(follower);

        cluster.awaitReady(follower);
        witness.awaitWrites(20, SOON);
        witness.judge("a follower is heard again");
        witness.ask(HOSTS);
        assertThat(cluster.leader(HOSTS)).isEqualTo(leader);
    }

    @Test
    @Order(7)
    void onSlowLinksThatLoseOfTwentyTheClusterGoesOn() {
        HOSTS.forEach(host -> lab.slow(host, 25, 2));

        witness.awaitWrites(100, Duration.ofMinutes(2));
        witness.judge("all links took 50 ms more each way and lost 4 percent");

        HOSTS.forEach(lab::heal);
    }

    @Test
    @Order(8)
    void aServerThatLostItsDataJoinsAgainUnderItsName() {
        lab.powerOff("h3");
        lab.powerOn("h3");
        cluster.wipe("h3");

        cluster.join("h3", "h1");
        cluster.awaitReady("h3");

        witness.judge("a server was wiped and joined again");
        assertThat(cluster.voters("h1")).isEqualTo(3);
    }

    @Test
    @Order(9)
    void anotherMachineTakesADeadServersNameAndPlace() {
        lab.powerOff("h3");
        cluster.start(
                "h4",
                List.of(
                        "--server",
                        "https://" + lab.address("h1") + ":6443",
                        "--token",
                        cluster.token("h1"),
                        "--node-name",
                        "h3"));
        Await.until(
                "the new h3 to vote",
                SOON,
                () -> cluster.voters("h1") == 3
                        && cluster.etcdctl("h1", "member", "list").contains(lab.address("h4")));
        witness.judge("another machine took a dead server's place");

        // the old machine is told that its place is taken
        cluster.powerOn("h3");
        Await.until("the end of the replaced server", SOON, () -> !cluster.isRunning("h3"), () -> cluster.log("h3"));
        assertThat(cluster.log("h3")).contains("this server was removed from its cluster");

        lab.powerOff("h4");
        cluster.wipe("h3");
        cluster.join("h3", "h1");
    }

    @Test
    @Order(10)
    void tokensAndCertificatesAreRotatedUnderLoad() {
        String before = cluster.token("h1");
        cluster.kvorum("h1", "token", "rotate", "--token", before, "--new-token", "another-secret");
        witness.awaitWrites(10, SOON);
        String after = cluster.token("h1");
        assertThat(after).endsWith("::server:another-secret");
        for (String host : HOSTS) {
            cluster.replaceFlag(host, before, after);
            cluster.kvorum(host, "certificate", "rotate");
            witness.awaitWrites(20, SOON);
            cluster.powerCycle(host);
            cluster.awaitReady(host);
        }

        witness.judge("token and certificates were rotated");
    }

    @Test
    @Order(11)
    void authoritiesAreRotatedUnderLoad() throws IOException {
        Path ofServers = Path.of("/var/lib/rancher/k3s/server/tls/server-ca.crt");
        String before = Files.readString(lab.path("h1", ofServers.toString()));

        cluster.kvorum("h1", "certificate", "rotate-ca");
        for (String host : HOSTS) {
            Await.until(
                    "the other authorities at " + host,
                    SOON,
                    () -> Files.exists(lab.path(host, "/var/lib/rancher/k3s/server/authorities-next.json")));
        }
        witness.awaitWrites(20, SOON);
        for (String host : HOSTS) {
            cluster.stop(host);
            cluster.startAgain(host);
            cluster.awaitReady(host);
            witness.awaitWrites(20, SOON);
        }

        witness.judge("authorities were rotated");
        String after = Files.readString(lab.path("h1", ofServers.toString()));
        assertThat(after).isNotEqualTo(before);
        assertThat(Files.readString(lab.path("h3", ofServers.toString()))).isEqualTo(after);
    }
}
