package io.kvorum.agent.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadBalancerTest {
    private static final BalancerConfig.Patience SHORT = new BalancerConfig.Patience(
            Duration.ofMillis(500),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofMillis(20),
            Duration.ofMillis(300));

    private final List<ToyServer> servers = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ToyServer one;
    private ToyServer two;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        one = server("one");
        two = server("two");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private ToyServer server(String name) {
        var server = new ToyServer(name);
        servers.add(server);
        open.add(server);
        return server;
    }

    @Test
    void aClientReachesTheServerThatTheNodeWasToldToJoin() throws IOException {
        LoadBalancer balancer = balancer(one.url());

        assertThat(ask(balancer)).isEqualTo("one");
    }

    @Test
    void aServerThatIsDeadCostsNoClientAnError() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        balancer.servers(List.of(one.address(), two.address()));
        one.die();

        for (int i = 0; i < 20; i++) {
            assertThat(ask(balancer)).isEqualTo("two");
        }
    }

    @Test
    void aServerThatAcceptsButSaysNothingIsPassedOver() throws IOException {
        LoadBalancer balancer = balancer(one.url(), server -> true);
        balancer.servers(List.of(one.address(), two.address()));
        one.hang();

        assertThat(ask(balancer)).isEqualTo("two");
    }

    @Test
    void aServerThatFailsItsChecksLosesItsConnectionsAtOnce() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        Client client = connect(balancer);
        assertThat(client.ask()).isEqualTo("one");
        one.hang(); // its machine takes packets, but nobody answers any more

        assertThat(client.endsWithin(Duration.ofSeconds(2))).isTrue();
    }

    @Test
    void aServerThatCameBackTakesNewConnectionsOnceItIsSteady() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        balancer.servers(List.of(one.address(), two.address()));
        ToyServer preferred = ask(balancer).equals("one") ? one : two;
        ToyServer other = preferred.equals(one) ? two : one;
        until(() -> standing(balancer, other).equals("SERVING"));
        preferred.die();
        until(() -> standing(balancer, preferred).equals("FAILED"));
        assertThat(ask(balancer)).isEqualTo(other.equals(one) ? "one" : "two");

        preferred.comeBack();
        until(() -> standing(balancer, preferred).equals("RETURNING"));
        assertThat(ask(balancer)).isEqualTo(other.equals(one) ? "one" : "two");
        until(() -> standing(balancer, preferred).equals("SERVING"));
        assertThat(ask(balancer)).isEqualTo(preferred.equals(one) ? "one" : "two");
    }

    @Test
    void theListSurvivesTheNodesRestartAndTheEndOfTheServerItJoinedBy() throws Exception {
        LoadBalancer before = balancer(one.url());
        before.servers(List.of(one.address(), two.address()));
        before.close();
        one.die();

        assertThat(Files.readString(folder.resolve("k3s-agent-load-balancer.json")))
                .contains("\"ServerURL\"")
                .contains(one.url())
                .contains("\"" + two.address() + "\"");
        assertThat(ask(balancer(one.url()))).isEqualTo("two");
    }

    @Test
    void whereAllServersOfTheListAreGoneTheAddressItWasToldIsTheLastResort() throws Exception {
        LoadBalancer before = balancer(one.url());
        before.servers(List.of(two.address(), server("three").address()));
        before.close();
        servers.stream().filter(each -> !each.equals(one)).forEach(ToyServer::die);

        assertThat(ask(balancer(one.url()))).isEqualTo("one");
    }

    @Test
    void theAddressItWasToldIsSparedWhileAServerOfTheListServes() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        balancer.servers(List.of(two.address()));
        until(() -> standing(balancer, one).equals("SERVING")
                && standing(balancer, two).equals("SERVING"));

        assertThat(ask(balancer)).isEqualTo("two");
    }

    @Test
    void aListThatCameFromAnotherAddressIsNotThisClusters() throws Exception {
        LoadBalancer before = balancer("https://127.0.0.1:1");
        before.servers(List.of(two.address()));
        before.close();

        LoadBalancer balancer = balancer(one.url());

        assertThat(balancer.known()).extracting(LoadBalancer.Known::server).containsExactly(one.address());
    }

    @Test
    void aDamagedListIsAsNone() throws Exception {
        Files.writeString(folder.resolve("k3s-agent-load-balancer.json"), "{\"ServerURL\":");

        assertThat(ask(balancer(one.url()))).isEqualTo("one");
    }

    @Test
    void anEmptyListSaysNothing() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        balancer.servers(List.of(two.address()));
        balancer.servers(List.of());

        assertThat(balancer.known()).extracting(LoadBalancer.Known::server).contains(two.address());
    }

    @Test
    void aServerThatLeftTheListKeepsItsConnectionsUntilItFails() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        balancer.servers(List.of(two.address()));
        until(() -> standing(balancer, one).equals("SERVING")
                && standing(balancer, two).equals("SERVING"));
        Client client = connect(balancer);
        assertThat(client.ask()).isEqualTo("two");
        balancer.servers(List.of(one.address()));

        assertThat(client.ask()).isEqualTo("two");
        assertThat(ask(balancer)).isEqualTo("one");
        two.hang();
        assertThat(client.endsWithin(Duration.ofSeconds(2))).isTrue();
        until(() -> balancer.known().size() == 1);
    }

    @Test
    void aConnectionToTheJoinedServerOutlivesItsEntryInTheList() throws IOException {
        LoadBalancer balancer = balancer(one.url());
        Client client = connect(balancer);
        assertThat(client.ask()).isEqualTo("one");
        balancer.servers(List.of(one.address(), two.address()));
        balancer.servers(List.of(two.address()));

        assertThat(client.ask()).isEqualTo("one");
    }

    @Test
    void noMoreConnectionsAreTakenThanAllowed() throws IOException {
        BalancerConfig usual = config(one.url());
        LoadBalancer balancer = started(new LoadBalancer(
                new BalancerConfig(usual.listen(), usual.file(), usual.serverUrl(), usual.spread(), 1, SHORT),
                this::isServing));
        Client first = connect(balancer);
        assertThat(first.ask()).isEqualTo("one");

        assertThat(connect(balancer).endsWithin(Duration.ofSeconds(2))).isTrue();
        assertThat(first.ask()).isEqualTo("one");
    }

    @Test
    void aPortThatIsTakenIsFoundBeforeAnythingElseBegins() {
        LoadBalancer balancer = balancer(one.url());
        BalancerConfig taken =
                new BalancerConfig(balancer.address(), folder.resolve("other.json"), one.url(), "node", 10, SHORT);

        assertThatThrownBy(() -> new LoadBalancer(taken, this::isServing)).hasMessageContaining("--lb-server-port");
    }

    @Test
    void nodesPreferDifferentServers() {
        List<Boolean> prefersOne = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            var first = new Upstream(one.address(), "node-" + i, SHORT.steady());
            var second = new Upstream(two.address(), "node-" + i, SHORT.steady());
            prefersOne.add(Long.compareUnsigned(first.rank(), second.rank()) < 0);
        }

        assertThat(prefersOne).contains(true, false);
    }

    private LoadBalancer balancer(String url) {
        return balancer(url, this::isServing);
    }

    private LoadBalancer balancer(String url, HealthCheck check) {
        return started(new LoadBalancer(config(url), check));
    }

    private BalancerConfig config(String url) {
        return new BalancerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.resolve("k3s-agent-load-balancer.json"),
                url,
                "node-a",
                100,
                SHORT);
    }

    private LoadBalancer started(LoadBalancer balancer) {
        open.add(balancer);
        balancer.start();
        return balancer;
    }

    private boolean isServing(ServerAddress address) {
        return servers.stream().anyMatch(each -> each.isServing(address));
    }

    private static String standing(LoadBalancer balancer, ToyServer server) {
        return balancer.known().stream()
                .filter(each -> each.server().equals(server.address()))
                .map(LoadBalancer.Known::standing)
                .findFirst()
                .orElse("");
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Client connect(LoadBalancer balancer) throws IOException {
        var client = new Client(
                new Socket(balancer.address().getAddress(), balancer.address().getPort()));
        open.add(client);
        return client;
    }

    private String ask(LoadBalancer balancer) throws IOException {
        try (Client client = new Client(
                new Socket(balancer.address().getAddress(), balancer.address().getPort()))) {
            return client.ask();
        }
    }

    private record Client(Socket socket) implements AutoCloseable {
        String ask() throws IOException {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write("who?".getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }

        boolean endsWithin(Duration limit) throws IOException {
            socket.setSoTimeout((int) limit.toMillis());
            try {
                return socket.getInputStream().read() < 0;
            } catch (java.net.SocketTimeoutException stillThere) {
                return false;
            } catch (IOException broken) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
