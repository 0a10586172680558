package io.kvorum.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Measures what three servers promise, each several times, on lab hosts: {@code ./dev bench ha} runs it, no check does. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HighAvailabilityFigures {
    private static final List<String> HOSTS = List.of("h1", "h2", "h3");
    private static final int RUNS = Integer.getInteger("bench.runs", 5);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration STRETCH = Duration.ofSeconds(3);
    private static final Duration LONE = Duration.ofSeconds(6);
    private static final Duration READ_PATIENCE = Duration.ofSeconds(5);
    private static final String STEADY = "/api/v1/namespaces/default/configmaps/before";

    private static final Duration JOIN_BAR = Duration.ofSeconds(10);
    private static final Duration GAP_BAR = Duration.ofSeconds(3);
    /** None, but for what two processors shared by four hosts and the clients do to any write. */
    private static final Duration NO_GAP_BAR = Duration.ofMillis(100);

    private static final Duration BALANCER_BAR = Duration.ofSeconds(3);
    private static final Duration SITE_BAR = Duration.ofSeconds(20);

    /** A flat object of a list. */
    private static final Pattern CONDITION = Pattern.compile("\\{[^{}]*}");

    private static final BarTable TABLE = new BarTable(InstantSource.system());

    private static Lab lab;
    private static ServerCluster cluster;
    private static SSLContext tls;
    private static List<LoadBalancer> balancers;

    @BeforeAll
    static void start() {
        TABLE.remark(
                "`./dev bench ha`: servers on lab hosts of one machine, which share its processors with the clients.");
        TABLE.remark("Writers go to the servers that stay, one write after the other; a gap is the time between two");
        TABLE.remark(
                "acknowledged writes. Through haproxy a read by a new connection begins four times a second and has 5 s;");
        TABLE.remark(
                "what is told is the end of the last one that failed. *Plain* is the configuration of plain TCP checks");
        TABLE.remark(
                "that guides show, *prompt* the one of [high-availability.md](../../../docs/operating/high-availability.md).");
        TABLE.remark("Power-on begins with the first host's.");
        lab = Lab.up("ha", "10.94.0", 4);
        cluster = new ServerCluster(lab);
        cluster.begin("h1");
        cluster.awaitReady("h1");
        tls = Witness.tls(cluster.kubeconfig("h1"));
        balancers = List.of(LoadBalancer.plain(lab, "h4", HOSTS), LoadBalancer.prompt(lab, "h4", HOSTS));
    }

    @AfterAll
    static void stop() throws IOException {
        TABLE.write(Path.of(System.getProperty("bench.results", "target/bench")), "ha");
        if (cluster != null) {
            cluster.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    private static List<String> othersThan(String host) {
        return HOSTS.stream().filter(other -> !other.equals(host)).toList();
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static FreshRead.Outcome ask(String host, String path) {
        return new FreshRead(tls, lab.address(host), 6443).get(path, READ_PATIENCE);
    }

    private static boolean isReady(String host) {
        return ask(host, "/readyz") instanceof FreshRead.Outcome.Answered answered && answered.isSuccess();
    }

    private static void awaitAllReady() {
        HOSTS.forEach(host -> Await.until("readiness of " + host, SOON, () -> isReady(host), () -> cluster.log(host)));
        HOSTS.forEach(cluster::awaitReady);
    }

    private static void awaitAllGreen() {
        balancers.forEach(balancer ->
                Await.until("six green back ends", SOON, balancer::isAllGreen, () -> "" + balancer.standings()));
    }

    private static FreshReads through(LoadBalancer balancer) {
        return new FreshReads(new FreshRead(tls, balancer.address(), balancer.port()));
    }

    @Test
    @Order(1)
    void join() {
        measureJoin("h2", 2);
        for (int run = 1; run <= RUNS; run++) {
            measureJoin("h3", 3);
            if (run < RUNS) {
                cluster.kubectl("h1", "delete", "node", "h3", "--timeout=60s", "--request-timeout=60s");
                Await.until(
                        "the end of the removed server", SOON, () -> !cluster.isRunning("h3"), () -> cluster.log("h3"));
                lab.powerOff("h3");
                lab.powerOn("h3");
                cluster.wipe("h3");
            }
        }
    }

    private static void measureJoin(String host, int voters) {
        cluster.prepareToJoin(host, "h1");
        long begun = System.nanoTime();
        cluster.startAgain(host);
        Await.until("the node of " + host, SOON, () -> isNodeReady(host), () -> cluster.log(host));
        Await.until("the vote of " + host, SOON, () -> cluster.voters("h1") == voters);
        TABLE.add("a server joins: start to Ready and voting", JOIN_BAR, since(begun));
        cluster.awaitReady(host);
    }

    private static boolean isNodeReady(String host) {
        return ask("h1", "/api/v1/nodes/" + host) instanceof FreshRead.Outcome.Answered answered
                && CONDITION
                        .matcher(answered.answer())
                        .results()
                        .map(MatchResult::group)
                        .anyMatch(condition -> condition.contains("\"Ready\"") && condition.contains("\"True\""));
    }

    @Test
    @Order(2)
    void powerCutOfTheLeader() {
        awaitAllReady();
        try (var witness = new Witness(lab, "leader", cluster.kubeconfig("h1"), HOSTS)) {
            for (int run = 1; run <= RUNS; run++) {
                awaitAllGreen();
                String leader = cluster.leader(HOSTS);
                witness.ask(othersThan(leader));
                rest(witness);
                Runnable cut = () -> {
                    lab.powerOff(leader);
                    witness.awaitWrites(50, SOON);
                    TABLE.add("the leader loses power: longest gap between writes", GAP_BAR, witness.longestGap());
                };
                measureBalancers("loses power", cut);
                witness.judge("the leader lost power");
                cluster.powerOn(leader);
                awaitAllReady();
            }
        }
    }

    @Test
    @Order(3)
    void powerCutOfAFollower() {
        try (var witness = new Witness(lab, "follower", cluster.kubeconfig("h1"), HOSTS)) {
            for (int run = 1; run <= RUNS; run++) {
                String follower = othersThan(cluster.leader(HOSTS)).get(run % 2);
                witness.ask(othersThan(follower));
                Duration usual = rest(witness);
                lab.powerOff(follower);
                long begun = System.nanoTime();
                Await.until("a while without it", SOON, () -> since(begun).compareTo(STRETCH) > 0);
                Duration gap = witness.longestGap();
                TABLE.add("the longest gap between writes of 3 s when nothing happens", usual);
                TABLE.add("a follower loses power: longest gap between writes", gap);
                Duration more = gap.compareTo(usual) > 0 ? gap.minus(usual) : Duration.ZERO;
                TABLE.add("a follower loses power: how much longer than usual (the bar is 0)", NO_GAP_BAR, more);
                witness.judge("a follower lost power");
                cluster.powerOn(follower);
                awaitAllReady();
            }
        }
        TABLE.remark("Nothing was lost that had been acknowledged before or during a power cut.");
    }

    /** The longest gap of a while in which nothing happens. */
    private static Duration rest(Witness witness) {
        witness.awaitWrites(20, SOON);
        witness.forgetGap();
        long begun = System.nanoTime();
        Await.until("a while of peace", SOON, () -> since(begun).compareTo(STRETCH) > 0);
        Duration usual = witness.longestGap();
        witness.forgetGap();
        return usual;
    }

    /** How long a death is felt behind each of the balancers. */
    private static void measureBalancers(String death, Runnable kill) {
        try (var plain = through(balancers.getFirst());
                var prompt = through(balancers.getLast())) {
            plain.awaitCalm(SOON);
            prompt.awaitCalm(SOON);
            plain.begin();
            prompt.begin();
            kill.run();
            plain.awaitCalm(SOON);
            prompt.awaitCalm(SOON);
            TABLE.add(
                    "a server %s: reads through haproxy, plain, all work again".formatted(death),
                    BALANCER_BAR,
                    plain.untilAllWorked());
            TABLE.add(
                    "a server %s: reads through haproxy, prompt, all work again".formatted(death),
                    BALANCER_BAR,
                    prompt.untilAllWorked());
            System.out.printf("failed reads: %d plain, %d prompt%n", plain.failures(), prompt.failures());
        }
    }

    @Test
    @Order(4)
    void deathOfAProcess() {
        for (int run = 1; run <= RUNS; run++) {
            awaitAllGreen();
            String victim = HOSTS.get(run % HOSTS.size());
            measureBalancers("is killed (kill -9)", () -> cluster.kill(victim, "KILL"));
            cluster.startAgain(victim);
            awaitAllReady();
        }
    }

    @Test
    @Order(5)
    void lossOfTheQuorumAndOfTheSite() {
        cluster.kubectl("h1", "create", "configmap", "before");
        for (int run = 1; run <= RUNS; run++) {
            String survivor = HOSTS.get(run % HOSTS.size());
            Await.until("the survivor's copy", SOON, () -> isRead(ask(survivor, STEADY)));
            othersThan(survivor).forEach(lab::powerOff);
            readAlone(survivor);
            lab.powerOff(survivor);
            measureReturn(run);
            awaitAllReady();
        }
    }

    /** Every read counts from the moment the others are off, and must bear a Warning once the survivor knows it. */
    private static void readAlone(String survivor) {
        long begun = System.nanoTime();
        Await.until("the survivor's readiness to end", SOON, () -> {
            TABLE.addLoneRead(isRead(ask(survivor, STEADY)));
            return !isReady(survivor);
        });
        TABLE.add("two of three lose power: the survivor says so", since(begun));
        long alone = System.nanoTime();
        while (since(alone).compareTo(LONE) < 0) {
            FreshRead.Outcome outcome = ask(survivor, STEADY);
            TABLE.addLoneRead(isRead(outcome));
            TABLE.addWarning(outcome instanceof FreshRead.Outcome.Answered read && read.isWarned());
        }
    }

    private static boolean isRead(FreshRead.Outcome outcome) {
        return outcome instanceof FreshRead.Outcome.Answered answered && answered.isSuccess();
    }

    private static void measureReturn(int run) {
        long begun = System.nanoTime();
        HOSTS.forEach(cluster::powerOn);
        String value = "after=run" + run;
        Await.until(
                "a write after the site's power-on",
                ServerCluster.START_LIMIT,
                () -> isReady("h2")
                        && cluster.tryKubectl("h2", "label", "configmap", "before", value, "--overwrite")
                                        .exitCode()
                                == 0,
                () -> cluster.log("h2"));
        TABLE.add("the whole site gets its power back: a write succeeds", SITE_BAR, since(begun));
    }
}
