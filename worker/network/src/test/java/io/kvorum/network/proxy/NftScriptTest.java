package io.kvorum.network.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import io.kvorum.network.proxy.ServicePortRules.Outside;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NftScriptTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final ProxyConfig CONFIG = new ProxyConfig(
            "h1",
            "192.0.2.11",
            "10.42.0.0/16",
            Optional.of(new ProxyConfig.ClusterDns("10.43.0.10", "169.254.20.10", 53)));
    private static final Backend HERE = new Backend("10.42.0.5", 8080, true);
    private static final Backend THERE = new Backend("10.42.1.6", 8080, false);
    private static final ServicePortRules WEB = web(List.of(HERE, THERE), 600);
    private static final ServicePortRules EMPTY = new ServicePortRules(
            "default/none:53/udp",
            "udp",
            "10.43.0.8",
            53,
            new Outside(Optional.of(30053), List.of(), List.of(), List.of(), false),
            List.of(),
            false,
            Optional.empty());

    private static ServicePortRules web(List<Backend> backends, int affinitySeconds) {
        return new ServicePortRules(
                "default/web:80/tcp",
                "tcp",
                "10.43.0.7",
                80,
                new Outside(
                        Optional.of(30080), List.of("192.0.2.1"), List.of("192.0.2.2"), List.of("192.0.2.0/24"), true),
                backends,
                false,
                Optional.of(affinitySeconds));
    }

    private static NftTable table(ServicePortRules... rules) {
        return NftTableBuilder.table(List.of(rules), CONFIG);
    }

    @Test
    void aServiceIsOneElementOfTheMap() {
        assertThat(NftScript.whole(table(WEB)))
                .containsPattern("10\\.43\\.0\\.7 \\. tcp \\. 80 : goto in-[0-9a-f]{12}")
                .containsPattern("tcp \\. 30080 : goto out-[0-9a-f]{12}")
                .contains("numgen random mod 2 vmap")
                .contains("meta l4proto tcp dnat to 10.42.0.5:8080");
    }

    @Test
    void aServiceWithoutBackendsRefuses() {
        assertThat(NftScript.whole(table(EMPTY)))
                .contains("10.43.0.8 . udp . 53 : goto refuse")
                .contains("udp . 30053 : goto refuse");
    }

    @Test
    void localTrafficKeepsItsSourceAndItsNodeButCallersOfTheClusterReachAll() {
        NftTable table = table(WEB);
        List<String> outside = table.chains().entrySet().stream()
                .filter(chain -> chain.getKey().startsWith("out-"))
                .findFirst()
                .orElseThrow()
                .getValue();

        assertThat(outside).noneMatch(line -> line.contains("mark set") || line.contains("numgen"));
        assertThat(outside.getFirst()).startsWith("ip saddr 10.42.0.0/16 goto all-");
    }

    @Test
    void withoutBackendsOnThisNodeLocalTrafficFromOutsideIsDropped() {
        NftTable table = table(web(List.of(THERE), 600));

        assertThat(table.map(NftTableBuilder.NODE_PORT_REFUSALS)).isEmpty();
        assertThat(table.map(NftTableBuilder.NODE_PORTS)).containsKey("tcp . 30080");
    }

    @Test
    void clusterDnsIsAnsweredByThisNodeWhateverItsServiceSays() {
        ServicePortRules kubeDns = new ServicePortRules(
                "kube-system/kube-dns:53/udp",
                "udp",
                "10.43.0.10",
                53,
                Outside.NONE,
                List.of(),
                false,
                Optional.empty());

        assertThat(NftScript.whole(table(kubeDns)))
                .contains("10.43.0.10 . udp . 53 : goto dns-udp")
                .contains("10.43.0.10 . tcp . 53 : goto dns-tcp")
                .contains("dnat to 169.254.20.10:53")
                .doesNotContain("10.43.0.10 . udp . 53 : goto refuse");
    }

    @Test
    void nothingChangedIsNothingToDo() {
        assertThat(NftScript.change(table(WEB, EMPTY), table(WEB, EMPTY))).isEmpty();
    }

    @Test
    void aChangedServiceLeavesTheOthersAlone() {
        String change = NftScript.change(table(WEB, EMPTY), table(web(List.of(HERE), 600), EMPTY));

        assertThat(change)
                .contains("flush chain ip kvorum-services in-")
                .contains("delete set ip kvorum-services stay-")
                .doesNotContain("10.43.0.8")
                .doesNotContain("delete table");
    }

    @Test
    void theKernelTakesEveryWayBetweenTwoStates() {
        assumeTrue(canMakeNamespaces(), "this machine cannot make network namespaces");
        List<NftTable> states = List.of(
                table(),
                table(WEB),
                table(WEB, EMPTY),
                table(web(List.of(HERE), 600), EMPTY),
                table(web(List.of(THERE), 300), EMPTY),
                table(web(List.of(), 300)),
                table(WEB));
        List<String> scripts = new ArrayList<>(List.of(NftScript.whole(states.getFirst())));
        for (int i = 1; i < states.size(); i++) {
            scripts.add(NftScript.change(states.get(i - 1), states.get(i)));
        }

        String reached = loaded(scripts);

        assertThat(sorted(reached)).isEqualTo(sorted(loaded(List.of(NftScript.whole(states.getLast())))));
    }

    @Test
    void whichBackendACallerHasSurvivesChangesOfOtherServices() {
        assumeTrue(canMakeNamespaces(), "this machine cannot make network namespaces");
        NftTable before = table(WEB);
        String stay = before.affinitySets().firstKey();
        String remember = "add element ip " + NftScript.TABLE + " " + stay + " { 10.42.0.99 }\n";

        String reached =
                loaded(List.of(NftScript.whole(before), remember, NftScript.change(before, table(WEB, EMPTY))));

        assertThat(reached).contains("10.42.0.99").contains("10.43.0.8 . udp . 53");
    }

    @Test
    void aThousandServicesLoadFastAndOneMoreFaster() {
        assumeTrue(canMakeNamespaces(), "this machine cannot make network namespaces");
        List<ServicePortRules> many = new ArrayList<>(
                IntStream.range(0, 1000).mapToObj(NftScriptTest::service).toList());
        NftTable before = NftTableBuilder.table(many, CONFIG);
        many.add(service(1000));
        NftTable after = NftTableBuilder.table(many, CONFIG);

        List<Long> millis = run(List.of(NftScript.whole(before), NftScript.change(before, after)), "true")
                .lines()
                .map(Long::valueOf)
                .toList();

        System.getLogger("measured").log(System.Logger.Level.INFO, "whole and change: {0} ms", millis);
        assertThat(millis.getFirst()).isLessThan(10_000);
        assertThat(millis.getLast()).isLessThan(millis.getFirst());
    }

    private static ServicePortRules service(int i) {
        String net = (i / 250) + "." + (i % 250);
        return new ServicePortRules(
                "default/s" + i + ":80/tcp",
                "tcp",
                "10.43." + net,
                80,
                Outside.NONE,
                List.of(
                        new Backend("10.42." + net, 80, true),
                        new Backend("10.44." + net, 80, false),
                        new Backend("10.45." + net, 80, false)),
                false,
                Optional.empty());
    }

    /** The table after these transactions in a network namespace of its own. */
    private static String loaded(List<String> scripts) {
        String all = run(scripts, "nft list table ip " + NftScript.TABLE);
        return all.substring(all.indexOf("table ip"));
    }

    /** The milliseconds of each transaction, one a line, and then what the last command says. */
    private static String run(List<String> scripts, String last) {
        StringBuilder input = new StringBuilder("now() { echo $(($(date +%s%N) / 1000000)); }\n");
        for (String script : scripts) {
            input.append("from=$(now)\nnft -f - <<'END' || exit 1\n").append(script);
            input.append("END\necho $(($(now) - from))\n");
        }
        return new Command(List.of("unshare", "--net", "sh", "-s"), input + last + "\n", DEADLINE).runOrThrow();
    }

    private static List<String> sorted(String text) {
        return text.replace("{ ", "{\n")
                .lines()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(String::strip)
                .map(line -> line.replace(" }", ""))
                .sorted()
                .toList();
    }

    private static boolean canMakeNamespaces() {
        try {
            return Command.of(DEADLINE, "unshare", "--net", "nft", "list", "tables")
                    .run()
                    .succeeded();
        } catch (CommandFailed missing) {
            return false;
        }
    }
}
