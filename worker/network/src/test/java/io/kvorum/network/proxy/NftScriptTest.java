package io.kvorum.network.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NftScriptTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final ServicePortRules WEB = new ServicePortRules(
            "default/web:80/tcp",
            "tcp",
            "10.43.0.7",
            80,
            Optional.of(30080),
            List.of("192.0.2.1"),
            List.of(new Backend("10.42.0.5", 8080, true), new Backend("10.42.1.6", 8080, false)),
            false,
            true,
            Optional.of(600));
    private static final ServicePortRules EMPTY = new ServicePortRules(
            "default/none:53/udp",
            "udp",
            "10.43.0.8",
            53,
            Optional.of(30053),
            List.of(),
            List.of(),
            false,
            false,
            Optional.empty());

    @Test
    void aServiceIsOneElementOfTheMap() {
        String script = NftScript.of(List.of(WEB), "10.42.0.0/16");

        assertThat(script)
                .containsPattern("10\\.43\\.0\\.7 \\. tcp \\. 80 : goto in-[0-9a-f]{12}")
                .containsPattern("tcp \\. 30080 : goto out-[0-9a-f]{12}")
                .contains("numgen random mod 2 vmap")
                .contains("meta l4proto tcp dnat to 10.42.0.5:8080");
    }

    @Test
    void aServiceWithoutBackendsRefuses() {
        assertThat(NftScript.of(List.of(EMPTY), "10.42.0.0/16"))
                .contains("elements = { 10.43.0.8 . udp . 53 }")
                .contains("elements = { udp . 30053 }");
    }

    @Test
    void localTrafficKeepsItsSourceAndItsNode() {
        String script = NftScript.of(List.of(WEB), "10.42.0.0/16");
        String external = script.substring(script.indexOf("chain out-"), script.indexOf("map addresses"));

        assertThat(external).doesNotContain("meta mark set").doesNotContain("numgen");
    }

    @Test
    void theKernelTakesTheScriptAndItsSuccessor() {
        String check = NftScript.of(List.of(WEB, EMPTY), "10.42.0.0/16");

        assumeTrue(canMakeNamespaces(), "this machine cannot make network namespaces");
        var both = new Command(
                List.of(
                        "unshare",
                        "--net",
                        "sh",
                        "-c",
                        "cat > /dev/shm/$$.nft; nft -f /dev/shm/$$.nft && "
                                + "nft -f /dev/shm/$$.nft && nft list table ip " + NftScript.TABLE + "; s=$?; "
                                + "rm /dev/shm/$$.nft; exit $s"),
                check,
                DEADLINE);

        assertThat(both.runOrThrow()).contains("10.43.0.7 . tcp . 80");
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
