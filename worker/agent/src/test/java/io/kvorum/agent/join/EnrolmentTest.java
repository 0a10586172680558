package io.kvorum.agent.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.pki.Identity;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentTest {
    private static final URI NOBODY = URI.create("https://127.0.0.1:1");

    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Instant now = InstantSource.system().instant();
    private final InstantSource clock = () -> now;
    private ToySupervisor server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        server = new ToySupervisor(folder.resolve("server"), clock);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aNodeGetsItsCertificatesAndTheClustersSettings() throws Exception {
        NodeCredentials credentials = enrolment(server.token()).credentials();

        assertThat(name(credentials.kubelet().identity()))
                .contains("CN=system:node:a")
                .contains("O=system:nodes");
        assertThat(name(credentials.kubeProxy().identity())).contains("CN=system:kube-proxy");
        assertThat(names(credentials.kubeletServing().identity())).contains("10.0.0.7");
        assertThat(enrolment(server.token()).settings(credentials))
                .isEqualTo(new ClusterSettings(
                        "10.42.0.0/16", "10.43.0.0/16", "10.43.0.10", "cluster.local", "host-gw", false, true));
    }

    @Test
    void itsFilesAreThoseOfK3sAndItsKeysAreItsOwn() throws Exception {
        enrolment(server.token()).credentials();

        for (String leaf : List.of("client-kubelet", "client-kube-proxy", "client-k3s-controller", "serving-kubelet")) {
            assertThat(folder.resolve("agent").resolve(leaf + ".crt")).exists();
            assertThat(mode(folder.resolve("agent").resolve(leaf + ".key"))).isEqualTo("rw-------");
        }
        assertThat(folder.resolve("agent/client-ca.crt")).exists();
        assertThat(mode(folder.resolve("password"))).isEqualTo("rw-------");
        assertThat(Files.readString(folder.resolve("password")).strip()).matches("[0-9a-f]{32}");
    }

    @Test
    void aNodeThatHasJoinedStartsFromItsDiskWhileNoServerAnswers() throws Exception {
        Enrolment first = enrolment(server.token());
        NodeCredentials before = first.credentials();
        first.settings(before);
        List<X509Certificate> authorities = server.serverCa().chain();
        var restarted = new Enrolment(node("10.0.0.7"), server.token(), authorities, NOBODY, clock, closing);
        server.close();

        NodeCredentials after = restarted.credentials();

        assertThat(after.kubelet().identity().certificate())
                .isEqualTo(before.kubelet().identity().certificate());
        assertThat(restarted.settings(after).clusterCidr()).isEqualTo("10.42.0.0/16");
    }

    @Test
    void aServerThatIsNotReadyIsAskedAgain() throws Exception {
        server.refuse(1);

        assertThat(name(enrolment(server.token()).credentials().kubelet().identity()))
                .contains("system:node:a");
        assertThat(server.asked()).startsWith("token /v1-k3s/client-ca.crt", "token /v1-k3s/client-ca.crt");
    }

    @Test
    void aWrongTokenIsRefusedForGood() {
        ServerToken wrong = new ServerToken(server.token().caHash(), "server", "guess");

        assertThatThrownBy(() -> enrolment(wrong).credentials())
                .isInstanceOf(JoinRefused.class)
                .hasMessageContaining("401")
                .hasMessageContaining("the token is not this cluster's");
    }

    @Test
    void whereTheGivenServerIsDeadTheNodesOwnWayToServersIsTried() throws Exception {
        JoiningNode node =
                new JoiningNode("a", List.of("10.0.0.7"), NOBODY, folder.resolve("agent"), folder.resolve("password"));
        var enrolment = new Enrolment(node, server.token(), server.serverCa().chain(), server.url(), clock, closing);

        assertThat(name(enrolment.credentials().kubelet().identity())).contains("system:node:a");
    }

    @Test
    void certificatesAreRenewedInTheirLastFourMonthsWithoutTheToken() throws Exception {
        Enrolment enrolment = enrolment(server.token());
        NodeCredentials credentials = enrolment.credentials();
        assertThat(enrolment.renew(credentials)).isZero();
        Instant firstEnd = end(credentials.kubelet().identity());
        server.rotateToken("another");
        server.asked();

        now = firstEnd.minus(Duration.ofDays(100));

        assertThat(enrolment.renew(credentials)).isEqualTo(4);
        assertThat(end(credentials.kubelet().identity())).isAfter(firstEnd);
        assertThat(server.asked()).hasSize(4).allMatch(each -> each.startsWith("certificate "));
        assertThat(enrolment(server.token()).credentials().kubelet().identity().certificate())
                .isEqualTo(credentials.kubelet().identity().certificate());
    }

    @Test
    void aNodeThatWasOffUntilItsCertificatesEndedAsksWithItsToken() throws Exception {
        NodeCredentials credentials = enrolment(server.token()).credentials();
        now = end(credentials.kubelet().identity()).plus(Duration.ofDays(30));

        NodeCredentials later = enrolment(server.token()).credentials();

        assertThat(end(later.kubelet().identity())).isAfter(now);
    }

    @Test
    void aNodeWithANewAddressGetsANewServingCertificateAlone() throws Exception {
        NodeCredentials before = enrolment(server.token()).credentials();

        NodeCredentials after = new Enrolment(
                        node("10.0.0.8"), server.token(), server.serverCa().chain(), NOBODY, clock, closing)
                .credentials();

        assertThat(names(after.kubeletServing().identity())).contains("10.0.0.8");
        assertThat(after.kubelet().identity().certificate())
                .isEqualTo(before.kubelet().identity().certificate());
    }

    @Test
    void theAuthorityIsBelievedByTheTokensHashAlone() throws Exception {
        assertThat(new ServerAuthority(node("10.0.0.7"), server.token(), closing).find())
                .isEqualTo(server.serverCa().chain());

        ServerToken other = new ServerToken("0".repeat(64), "server", "secret");
        assertThatThrownBy(() -> new ServerAuthority(node("10.0.0.7"), other, closing).find())
                .isInstanceOf(JoinRefused.class)
                .hasMessageContaining("not of the cluster that the token is for");
    }

    @Test
    void onceKnownTheAuthorityNeedsNoServer() throws Exception {
        var authority = new ServerAuthority(node("10.0.0.7"), server.token(), closing);
        List<X509Certificate> authorities = authority.find();
        server.close();

        assertThat(authority.find()).isEqualTo(authorities);
    }

    @Test
    void aNodeThatIsStoppedWhileItWaitsForServersEnds() {
        var authority = new ServerAuthority(node("10.0.0.7"), server.token(), closing);
        server.close();
        closing.countDown();

        assertThatThrownBy(authority::find).isInstanceOf(JoinRefused.class).hasMessageContaining("stopped");
    }

    private JoiningNode node(String address) {
        return new JoiningNode(
                "a", List.of(address), server.url(), folder.resolve("agent"), folder.resolve("password"));
    }

    private Enrolment enrolment(ServerToken token) {
        return new Enrolment(node("10.0.0.7"), token, server.serverCa().chain(), NOBODY, clock, closing);
    }

    private static String name(Identity identity) {
        return identity.certificate().getSubjectX500Principal().getName();
    }

    private static List<String> names(Identity identity) throws CertificateParsingException {
        return identity.certificate().getSubjectAlternativeNames().stream()
                .map(each -> String.valueOf(each.get(1)))
                .toList();
    }

    private static Instant end(Identity identity) {
        return identity.certificate().getNotAfter().toInstant();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
